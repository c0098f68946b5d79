import { type Db, type Document, Long } from "mongodb";
import type { JournalEntry, JournalFilter, JournalQuery } from "../../../shared/contract/journal.ts";
import { componentsOf, type LineCell, levelsOf } from "../analysis/overview.ts";
import { stretchesWith } from "./blocks.ts";
import { idBounds } from "./line-hours.ts";
import { logOf, toLineEntry } from "./lines.ts";

/** Lines that fit are counted up to so many, and looked for so long: beyond it there are "at least" as many. */
const MOST_FOUND = 5_000;
const LONGEST_MS = 150;
/** Stretches of ids asked for at once, while a text is looked for. */
const TOGETHER = 4;
/** Blocks of a stretch: a page ends with its first lines, a count has its time to keep. */
const LONGEST = { page: 32, count: 4 };

/** Indexes that are there once the journal's index was made; a query that names one before is refused. */
function hintOf(query: JournalFilter): string | null {
  if (query.runId !== undefined) return null;
  if (query.problem !== undefined) return "problem";
  if (componentsOf(query) !== null) return "component_level";
  if (levelsOf(query) !== null) return "every_level";
  return query.since === undefined && query.until === undefined ? null : "_id_";
}

function conditionOf(query: JournalFilter): Document[] {
  const all: Document[] = [];
  const levels = levelsOf(query);
  const components = componentsOf(query);
  if (components !== null) all.push({ component: { $in: components } });
  // With the component's index every level is named, so that its lines come in order.
  if (levels !== null || components !== null) all.push({ level: { $in: levels ?? [0, 1, 2, 3] } });
  if (query.runId !== undefined) all.push({ runId: query.runId });
  if (query.problem !== undefined) all.push({ problem: query.problem });
  if (query.since !== undefined) all.push({ time: { $gte: new Date(query.since) } });
  if (query.until !== undefined) all.push({ time: { $lte: new Date(query.until) } });
  if (query.text !== undefined && query.text !== "") {
    // People search for what they typed: nothing of it is a pattern.
    const text = new RegExp(query.text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i");
    all.push({ $or: [{ message: text }, { data: text }] });
  }
  return all;
}

interface Ids {
  first: number;
  last: number;
}

/** Ids between which what fits must lie; null where nothing can. */
async function boundsOf(db: Db, query: JournalQuery, indexed: boolean): Promise<Ids | null> {
  let ids = { first: 0, last: Number.MAX_SAFE_INTEGER };
  if (indexed && (query.since !== undefined || query.until !== undefined)) {
    const since = query.since === undefined ? null : Date.parse(query.since);
    const bounds = await idBounds(db, since, query.until === undefined ? null : Date.parse(query.until));
    if (bounds === null) return null;
    ids = bounds;
  }
  if (query.before !== undefined) ids.last = Math.min(ids.last, query.before - 1);
  if (query.after !== undefined) ids.first = Math.max(ids.first, query.after + 1);
  return ids.first > ids.last ? null : ids;
}

const between = ({ first, last }: Ids): Document[] => [
  ...(first > 0 ? [{ _id: { $gte: Long.fromNumber(first) } }] : []),
  ...(last < Number.MAX_SAFE_INTEGER ? [{ _id: { $lte: Long.fromNumber(last) } }] : []),
];

/** @param indexed whether the journal's index is there */
export async function listLines(db: Db, query: JournalQuery, indexed: boolean): Promise<JournalEntry[]> {
  const ids = await boundsOf(db, query, indexed);
  if (ids === null) return [];
  const ascending = query.after !== undefined;
  const find = async (stretch: Ids, limit: number) => {
    const all = [...conditionOf(query), ...between(stretch)];
    const hint = indexed ? hintOf(query) : null;
    return logOf(db)
      .find(all.length === 0 ? {} : { $and: all }, hint === null ? {} : { hint })
      .sort({ _id: ascending ? 1 : -1 })
      .limit(limit)
      .toArray();
  };
  const rows = await collect(db, query, indexed, ids, ascending, query.limit, find, LONGEST.page);
  const entries = rows.slice(0, query.limit).map(toLineEntry);
  return ascending ? entries.reverse() : entries;
}

/** Asks stretch by stretch where a text is looked for, else once. */
async function collect<T>(
  db: Db,
  { text = "" }: JournalFilter,
  indexed: boolean,
  ids: Ids,
  ascending: boolean,
  limit: number,
  find: (stretch: Ids, limit: number) => Promise<T[]>,
  longest: number,
  enough: (rows: readonly T[]) => boolean = () => false,
): Promise<T[]> {
  if (text === "" || !indexed) return find(ids, limit);
  const stretches = await stretchesWith(db, text, ids, longest);
  if (ascending) stretches.reverse();
  const rows: T[] = [];
  for (let at = 0; at < stretches.length && rows.length < limit && !enough(rows); ) {
    // One first: what is looked for is often near.
    const together = at === 0 ? 1 : TOGETHER;
    const left = limit - rows.length;
    const found = await Promise.all(stretches.slice(at, at + together).map((stretch) => find(stretch, left)));
    rows.push(...found.flat());
    at += together;
  }
  return rows;
}

/** Level, component and time of what fits but for levels and components, newest first, up to a bound. */
export async function foundLines(
  db: Db,
  { level: _, levels: _levels, component: _component, components: _components, ...filter }: JournalFilter,
  indexed: boolean,
): Promise<{ lines: Omit<LineCell, "count">[]; complete: boolean }> {
  const ids = await boundsOf(db, { ...filter, limit: MOST_FOUND }, indexed);
  if (ids === null) return { lines: [], complete: true };
  const until = performance.now() + LONGEST_MS;
  let late = false;
  const find = (stretch: Ids, limit: number) =>
    logOf(db)
      .find(
        { $and: [...conditionOf(filter), ...between(stretch)] },
        { projection: { level: 1, component: 1, time: 1 } },
      )
      .sort({ _id: -1 })
      .limit(limit)
      .toArray();
  const rows = await collect(db, filter, indexed, ids, false, MOST_FOUND + 1, find, LONGEST.count, (found) => {
    late = found.length > 0 && performance.now() > until;
    return late;
  });
  const lines = rows.slice(0, MOST_FOUND).flatMap(({ level, component, time }) => {
    return time instanceof Date ? [{ time: time.getTime(), level: Number(level), component: String(component) }] : [];
  });
  return { lines, complete: !late && rows.length <= MOST_FOUND };
}

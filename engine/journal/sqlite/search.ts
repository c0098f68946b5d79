import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { JournalFilter, JournalQuery } from "../../../shared/contract/journal.ts";
import { componentsOf, type LineCell, levelsOf } from "../analysis/overview.ts";
import { BLOCK_LINES, bitsOf, hasBits } from "../analysis/signature.ts";
import { HOUR } from "../analysis/steps.ts";
import type { LineIndex } from "./line-index.ts";
import { textCondition } from "./lines.ts";

/** Lines that fit are counted up to so many, and looked at for so long: beyond it there are "at least" as many. */
const MOST_FOUND = 20_000;
const LONGEST_MS = 150;
/** Blocks of lines read at once while a text is looked for; more each time. */
const FIRST_BLOCKS = 8;
const MOST_BLOCKS = 256;

/** Ids from `first` to `last`, both inside. */
interface Ids {
  first: number;
  last: number;
}

interface Condition {
  sql: string;
  values: SQLInputValue[];
  bounds: Ids;
  /** Nothing can fit: a component or a problem that is not there. */
  empty: boolean;
}

const places = (values: readonly unknown[]) => values.map(() => "?").join(", ");

/** What the filter says of a line's place in the index; its text and its run are asked of the journal. */
function conditionOf(db: DatabaseSync, index: LineIndex, filter: JournalFilter): Condition {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  let empty = false;
  const levels = levelsOf(filter);
  if (levels !== null) {
    where.push(`e.level IN (${places(levels)})`);
    values.push(...levels);
  }
  const components = componentsOf(filter);
  if (components !== null) {
    const ids = components.flatMap((name) => index.componentId(name) ?? []);
    empty ||= ids.length === 0;
    where.push(`e.component IN (${places(ids)})`);
    values.push(...ids);
  }
  if (filter.problem !== undefined) {
    const id = index.problemId(filter.problem);
    empty ||= id === undefined;
    where.push("e.problem = ?");
    values.push(id ?? 0);
  }
  const since = filter.since === undefined ? null : Date.parse(filter.since);
  const until = filter.until === undefined ? null : Date.parse(filter.until);
  if (since !== null) {
    where.push("e.time >= ?");
    values.push(since);
  }
  if (until !== null) {
    where.push("e.time <= ?");
    values.push(until);
  }
  let bounds = { first: 0, last: index.through };
  if (since !== null || until !== null) {
    // Ids grow with time, but for lines that came late: the hours know between which ids theirs lie.
    const row = db
      .prepare("SELECT min(first) AS first, max(last) AS last FROM hours WHERE time > ? AND time <= ?")
      .get(since === null ? Number.MIN_SAFE_INTEGER : since - HOUR, until ?? Number.MAX_SAFE_INTEGER);
    empty ||= row?.first === null;
    bounds = { first: Number(row?.first ?? 0), last: Number(row?.last ?? 0) };
  }
  return { sql: where.map((one) => ` AND ${one}`).join(""), values, bounds, empty };
}

/** Stretches of ids in which the text may stand, the newest (or, `ascending`, the oldest) first, growing. */
function* stretches(db: DatabaseSync, { first, last }: Ids, text: string, ascending: boolean): Generator<Ids> {
  if (last < first) return;
  const bits = bitsOf(text);
  if (bits.length === 0) {
    yield { first, last };
    return;
  }
  const order = ascending ? "ASC" : "DESC";
  const blocks = db
    .prepare(`SELECT block, signature FROM blocks WHERE block BETWEEN ? AND ? ORDER BY block ${order}`)
    .iterate(Math.floor(first / BLOCK_LINES), Math.floor(last / BLOCK_LINES));
  let taken: number[] = [];
  let most = FIRST_BLOCKS;
  const ranges = function* (): Generator<Ids> {
    for (const block of taken) {
      const from = Math.max(first, block * BLOCK_LINES);
      yield { first: from, last: Math.min(last, (block + 1) * BLOCK_LINES - 1) };
    }
    taken = [];
    most = Math.min(MOST_BLOCKS, most * 2);
  };
  for (const { block, signature } of blocks) {
    if (!(signature instanceof Uint8Array) || !hasBits(signature, bits)) continue;
    taken.push(Number(block));
    if (taken.length >= most) yield* ranges();
  }
  yield* ranges();
}

/** Lines that fit the query, newest first, as rows of the journal's table. */
export function search(db: DatabaseSync, index: LineIndex, query: JournalQuery): Record<string, unknown>[] {
  const { sql, values, bounds, empty } = conditionOf(db, index, query);
  if (empty) return [];
  const ascending = query.after !== undefined;
  const order = ascending ? "ASC" : "DESC";
  const within = {
    first: Math.max(bounds.first, (query.after ?? -1) + 1),
    last: Math.min(bounds.last, (query.before ?? Number.MAX_SAFE_INTEGER) - 1),
  };
  const text = query.text ?? "";
  const rows: Record<string, unknown>[] = [];
  const run = query.runId === undefined ? "" : " AND run_id = ?";
  const said = text === "" ? { sql: "", values: [] } : textCondition(text);
  // The index goes first (the unary plus keeps the lines' own indexes out): it is what tells most lines apart.
  const page = db.prepare(
    `SELECT l.* FROM entries e ${query.problem === undefined ? "NOT INDEXED" : ""}
     CROSS JOIN journal.lines l ON l.id = e.id
     WHERE e.id BETWEEN ? AND ?${sql}${run}${said.sql === "" ? "" : ` AND ${said.sql}`} ORDER BY e.id ${order} LIMIT ?`,
  );
  for (const { first, last } of stretches(db, within, text, ascending)) {
    const bound = [first, last, ...values, ...(query.runId === undefined ? [] : [query.runId]), ...said.values];
    rows.push(...page.all(...bound, query.limit - rows.length));
    if (rows.length >= query.limit) break;
  }
  return ascending ? rows.reverse() : rows;
}

/** Level, component and time of what fits but for levels and components, newest first, up to a bound. */
export function found(
  db: DatabaseSync,
  index: LineIndex,
  filter: JournalFilter,
): { lines: Omit<LineCell, "count">[]; complete: boolean } {
  const { level: _, levels: _levels, component: _component, components: _components, ...rest } = filter;
  const { sql, values, bounds, empty } = conditionOf(db, index, rest);
  const lines: Omit<LineCell, "count">[] = [];
  if (empty) return { lines, complete: true };
  const text = filter.text ?? "";
  const said = text === "" ? { sql: "", values: [] } : textCondition(text);
  const run = filter.runId === undefined ? "" : " AND run_id = ?";
  const read = said.sql === "" && run === "" ? "" : "CROSS JOIN journal.lines l ON l.id = e.id";
  const byRun = filter.runId === undefined ? "" : runIds(db, filter.runId);
  const rows = db.prepare(
    `SELECT e.time, e.level, c.name AS component FROM entries e ${filter.problem === undefined && byRun === "" ? "NOT INDEXED" : ""}
     ${read} JOIN components c ON c.id = e.component
     WHERE e.id BETWEEN ? AND ?${byRun}${sql}${run}${said.sql === "" ? "" : ` AND ${said.sql}`}
     ORDER BY e.id DESC LIMIT ?`,
  );
  const until = performance.now() + LONGEST_MS;
  for (const { first, last } of stretches(db, bounds, text, false)) {
    if (lines.length > 0 && performance.now() > until) return { lines, complete: false };
    const bound = [first, last, ...values, ...(filter.runId === undefined ? [] : [filter.runId]), ...said.values];
    for (const row of rows.iterate(...bound, MOST_FOUND + 1 - lines.length)) {
      lines.push({ time: Number(row.time), level: Number(row.level), component: String(row.component) });
    }
    if (lines.length > MOST_FOUND) return { lines: lines.slice(0, MOST_FOUND), complete: false };
  }
  return { lines, complete: true };
}

/** A run has few lines, which the journal finds by its own index. */
function runIds(db: DatabaseSync, runId: string): string {
  const ids = db.prepare("SELECT id FROM journal.lines WHERE run_id = ? LIMIT 5000").all(runId);
  return ` AND e.id IN (${ids.map(({ id }) => Number(id)).join(", ")})`;
}

import { type Db, type Document, Int32, Long } from "mongodb";
import { type JournalEntry, type JournalQuery, journalEntrySchema } from "../../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { nextNumbers } from "../../lib/mongo/shape.ts";
import { LEVELS, levelRank } from "../line.ts";
import type { SentLine } from "./outbox.ts";
import { isPresent, refusals } from "./refusals.ts";
import { LINES, LOG } from "./shape.ts";

/** Log lines in the database. Their ids are one row over all engines, in the order in which the lines arrived. */

type LogDocument = Document & { _id: Long | number };
export const logOf = (db: Db) => db.collection<LogDocument>(LOG);

export interface Written {
  /** Those that are new, as entries. */
  entries: JournalEntry[];
  /** Those that the database's rules refuse: they will never go in. */
  refused: number;
}

/** Writes the lines; those that arrived before are left as they are. */
export async function writeLines(
  db: Db,
  origin: string,
  lines: readonly { seq: number; line: SentLine }[],
): Promise<Written> {
  const first = await nextNumbers(db, LINES, lines.length);
  const documents = lines.map(({ seq, line }, at) => ({
    _id: Long.fromNumber(first + at),
    time: new Date(line.time),
    level: new Int32(levelRank(line.level)),
    component: line.component,
    runId: line.runId,
    message: line.message,
    data: line.data,
    origin,
    seq: Long.fromNumber(seq),
  }));
  const failed = await refusals(() => logOf(db).insertMany(documents, { ordered: false }));
  const entries = lines.flatMap(({ line }, at): JournalEntry[] => {
    if (failed.has(at)) return [];
    const data = line.data === null ? null : JSON.parse(line.data);
    return [{ ...line, id: first + at, time: new Date(line.time).toISOString(), data }];
  });
  return { entries, refused: [...failed.values()].filter((code) => !isPresent(code)).length };
}

export function toLineEntry(document: Document): JournalEntry {
  const parsed = journalEntrySchema.safeParse({
    id: Number(document._id),
    time: document.time instanceof Date ? document.time.toISOString() : null,
    level: LEVELS[Number(document.level)],
    component: document.component,
    runId: document.runId,
    message: document.message,
    data: typeof document.data === "string" ? JSON.parse(document.data) : null,
  });
  if (parsed.success) return parsed.data;
  const message = `Line ${document._id} of the journal in MongoDB can't be read: it was not written by this version of Shelfmatch.`;
  throw new ShelfmatchError("DATA_CORRUPT", message, { cause: parsed.error });
}

/** Newest first. */
export async function listLines(db: Db, query: JournalQuery): Promise<JournalEntry[]> {
  const found = await logOf(db).find(filterOf(query)).sort({ _id: -1 }).limit(query.limit).toArray();
  return found.map(toLineEntry);
}

function filterOf(query: JournalQuery): Document {
  const all: Document[] = [];
  if (query.level !== undefined && query.level !== "debug") all.push({ level: { $gte: levelRank(query.level) } });
  if (query.component !== undefined) all.push({ component: query.component });
  if (query.runId !== undefined) all.push({ runId: query.runId });
  if (query.since !== undefined) all.push({ time: { $gte: new Date(query.since) } });
  if (query.until !== undefined) all.push({ time: { $lte: new Date(query.until) } });
  if (query.before !== undefined) all.push({ _id: { $lt: query.before } });
  if (query.text !== undefined && query.text !== "") {
    // People search for what they typed: nothing of it is a pattern.
    const text = new RegExp(query.text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i");
    all.push({ $or: [{ message: text }, { data: text }] });
  }
  return all.length === 0 ? {} : { $and: all };
}

export async function components(db: Db): Promise<string[]> {
  return (await logOf(db).distinct("component")).map(String).sort();
}

/** Removes lines older than `before`, then the oldest above `max`. @returns how many went */
export async function pruneLines(db: Db, before: Date, max: number): Promise<number> {
  const { deletedCount: old } = await logOf(db).deleteMany({ time: { $lt: before } });
  const [bound] = await logOf(db)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: -1 })
    .skip(max)
    .limit(1)
    .toArray();
  if (bound === undefined) return old;
  const { deletedCount: extra } = await logOf(db).deleteMany({ _id: { $lte: bound._id } });
  return old + extra;
}

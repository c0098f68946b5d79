import { type Db, type Document, Int32, Long } from "mongodb";
import { type JournalEntry, journalEntrySchema } from "../../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { nextNumbers } from "../../lib/mongo/shape.ts";
import { problemOf } from "../analysis/problem.ts";
import { LEVELS, levelRank } from "../line.ts";
import { hoursOf, touchHours } from "./hours.ts";
import type { SentLine } from "./outbox.ts";
import { isPresent, refusals } from "./refusals.ts";
import { LINES, LOG, LOG_HOURS } from "./shape.ts";

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
    ...problemField(line),
  }));
  const failed = await refusals(() => logOf(db).insertMany(documents, { ordered: false }));
  // After the lines, and again where they are sent again: no sum is taken for whole that misses them.
  await touchHours(db, LOG_HOURS, hoursOf(lines.map(({ line }) => line.time)));
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

/** Only warnings and errors have the field: the others stay as they were. */
function problemField(line: SentLine): { problem?: string } {
  const problem = problemOf({ ...line, data: line.data === null ? null : JSON.parse(line.data) });
  return problem === null ? {} : { problem: problem.fingerprint };
}

export async function components(db: Db): Promise<string[]> {
  return (await logOf(db).distinct("component")).map(String).sort();
}

/** Lines removed by one call: well within its deadline. */
const PRUNE_STEP = 20_000;

/** Removes some of the lines older than `before`. @returns how many; fewer than asked for once none is left */
export async function pruneOld(db: Db, before: Date): Promise<{ removed: number; more: boolean }> {
  const old = await logOf(db)
    .find({ time: { $lt: before } }, { projection: { _id: 1 } })
    .sort({ time: 1 })
    .limit(PRUNE_STEP)
    .toArray();
  if (old.length === 0) return { removed: 0, more: false };
  const { deletedCount } = await logOf(db).deleteMany({ _id: { $in: old.map(({ _id }) => _id) } });
  return { removed: deletedCount, more: old.length === PRUNE_STEP };
}

/** Id of the newest line that is beyond the newest `max`; null where there are no more than that. */
export async function boundOf(db: Db, max: number): Promise<number | null> {
  const [bound] = await logOf(db)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: -1 })
    .skip(max)
    .limit(1)
    .toArray();
  return bound === undefined ? null : Number(bound._id);
}

/** Removes some of the lines up to an id. @returns as `pruneOld` */
export async function pruneThrough(db: Db, bound: number): Promise<{ removed: number; more: boolean }> {
  const [first] = await logOf(db)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .limit(1)
    .toArray();
  if (first === undefined || Number(first._id) > bound) return { removed: 0, more: false };
  const through = Math.min(bound, Number(first._id) + PRUNE_STEP);
  const { deletedCount } = await logOf(db).deleteMany({ _id: { $lte: Long.fromNumber(through) } });
  return { removed: deletedCount, more: through < bound };
}

/** How many lines fit into so many bytes, at the size of the newest ones. */
export async function fittingLines(db: Db, bytes: number): Promise<number> {
  const [row] = await logOf(db)
    .aggregate([
      { $sort: { _id: -1 } },
      { $limit: 1_000 },
      { $group: { _id: null, size: { $avg: { $bsonSize: "$$ROOT" } } } },
    ])
    .toArray();
  return Math.floor(bytes / Math.max(1, Number(row?.size ?? 1)));
}

/**
 * Places where a process may die between two steps that belong together. What has to hold after a death at each of them
 * is shown by `npm run test:crash`, which stops an engine right there; in the app itself they do nothing.
 */
export const CRASH_POINTS = [
  /** Picture files are stored, no product names them yet. */
  "catalog.pictures-stored",
  /** Products are committed; pictures that nobody names any more are still stored. */
  "catalog.rows-committed",
  /** A batch of an import is in the catalogue, the indexer not told. */
  "import.batch-written",
  /** A product is embedded, nothing of it written. */
  "index.embedded",
  /** Points are stored; what makes them searchable, or removes the old ones, is not done. */
  "index.points-stored",
  /** Vectors are written, the catalogue still says pending. */
  "index.vectors-written",
  /** Products are marked as indexed. */
  "index.marked",
  /** Vectors of deleted products are gone, their tombstones are not. */
  "index.vectors-deleted",
] as const;

/** The same for re-embedding, which a change of encoders begins: `engine/index/reembedding.test.ts` stops at these. */
export const REEMBEDDING_CRASH_POINTS = [
  /** The new collection is there, empty. */
  "reembedding.begun",
  /** Some products more are in the new collection. */
  "reembedding.filled",
  /** All of them are; the old one is still searched. */
  "reembedding.complete",
  /** The new one is searched; the old one is still there. */
  "reembedding.swapped",
  /** The old one is gone. */
  "reembedding.dropped",
] as const;

/** The same for restoring a backup: `engine/backup/restore-crash.test.ts` stops at these. */
export const RESTORE_CRASH_POINTS = [
  /** A part of the old data is aside, others may not be. */
  "restore.moved-out",
  /** All of it is. */
  "restore.all-out",
  /** A part of the new data is in place. */
  "restore.moved-in",
  /** All of it is; the plan still says that it is not done. */
  "restore.all-in",
  /** Done, with what was unpacked not swept away. */
  "restore.done",
] as const;
export type CrashPoint =
  | (typeof CRASH_POINTS)[number]
  | (typeof REEMBEDDING_CRASH_POINTS)[number]
  | (typeof RESTORE_CRASH_POINTS)[number];

let handler: ((point: CrashPoint) => void) | null = null;

export function crashPoint(point: CrashPoint): void {
  handler?.(point);
}

/** For the crash suite: called at every point that is passed. */
export function onCrashPoint(called: typeof handler): void {
  handler = called;
}

import type { Db, Document } from "mongodb";
import { LOG, PHOTOS, RUNS } from "./shape.ts";

/** Lines, runs and photos: how many, from when to when, and what they take on the server's disk. */
export async function usageOf(db: Db) {
  const end = (direction: 1 | -1) =>
    db
      .collection(LOG)
      .find({}, { projection: { time: 1 } })
      .sort({ time: direction })
      .limit(1)
      .next();
  const photos = db.collection(PHOTOS);
  const [lines, runs, kept, oldest, newest, log, run, photo] = await Promise.all([
    db.collection(LOG).estimatedDocumentCount(),
    db.collection(RUNS).estimatedDocumentCount(),
    photos.countDocuments({ part: 0 }),
    ...[end(1), end(-1), sizeOf(db, LOG), sizeOf(db, RUNS), sizeOf(db, PHOTOS)],
  ] as const);
  const iso = (row: Document | null) => (row?.time instanceof Date ? row.time.toISOString() : null);
  return {
    ...{ lines, runs, photos: kept, oldest: iso(oldest), newest: iso(newest) },
    ...{ bytes: log + run, photoBytes: photo },
  };
}

/** Bytes of a collection and its indexes, compressed as they are. */
async function sizeOf(db: Db, name: string): Promise<number> {
  const [stats] = await db
    .collection(name)
    .aggregate([{ $collStats: { storageStats: {} } }], { readConcern: { level: "local" } })
    .toArray();
  const storage = stats?.storageStats;
  return Number(storage?.storageSize ?? 0) + Number(storage?.totalIndexSize ?? 0);
}

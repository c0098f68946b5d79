import { Binary, type Db, type Document, Int32 } from "mongodb";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { QueryPhoto } from "../port.ts";
import { PHOTOS } from "./shape.ts";

/**
 * Query photos, by the hash of the photo as it was sent. In parts of their own rather than in GridFS, because each part
 * carries the date by which the server removes it: GridFS would leave the chunks of a file that expires.
 */

/** A document holds 16 MB at most. */
const PART_BYTES = 8 * 1024 * 1024;

const photosOf = (db: Db) => db.collection<Document & { _id: string }>(PHOTOS);

/** Keeps the photo, or keeps it longer; another form of it takes the place of the one before. */
export async function writePhoto(db: Db, { hash, mediaType, bytes }: QueryPhoto, lastUse: Date): Promise<void> {
  const parts = Math.max(1, Math.ceil(bytes.byteLength / PART_BYTES));
  for (let part = 0; part < parts; part += 1) {
    const content = new Binary(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
    await photosOf(db).updateOne(
      { _id: `${hash}:${part}` },
      {
        $set: { hash, part: new Int32(part), parts: new Int32(parts), mediaType, bytes: content },
        $max: { lastUse },
      },
      { upsert: true },
    );
  }
  await photosOf(db).deleteMany({ hash, part: { $gte: parts } });
}

/** null where it is not kept, or not any longer. */
export async function readPhoto(db: Db, hash: string): Promise<QueryPhoto | null> {
  const found = await photosOf(db).find({ hash }).sort({ part: 1 }).toArray();
  const first = found[0];
  if (first === undefined || found.length !== Number(first.parts)) return null;
  const contents = found.map(({ bytes }) => (bytes instanceof Binary ? bytes.buffer : new Uint8Array(0)));
  return { hash, mediaType: String(first.mediaType), bytes: new Uint8Array(Buffer.concat(contents)) };
}

/** Those of the hashes whose photos are kept. */
export async function keptPhotos(db: Db, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  return new Set((await photosOf(db).distinct("hash", { hash: { $in: [...hashes] } })).map(String));
}

/** Removes photos that no run has any more, unless one was kept since `before`: its run is about to arrive. */
export async function removePhotos(db: Db, hashes: readonly string[], before: Date): Promise<void> {
  await photosOf(db).deleteMany({ hash: { $in: [...hashes] }, lastUse: { $lt: before } });
}

export function photoGone(runId: string): ShelfmatchError {
  const message = `The photo of run ${runId} was not kept, or not any longer. Settings, "query photos" decides that.`;
  return new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { runId } });
}

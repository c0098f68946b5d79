import { buffer } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import {
  Binary,
  type Db,
  type Document,
  GridFSBucket,
  Long,
  MongoGridFSChunkError,
  MongoRuntimeError,
  ObjectId,
} from "mongodb";
import pLimit from "p-limit";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { type StoredPicture as PictureBytes, type PictureUpload, THUMBNAIL_TYPE } from "../port.ts";
import { parsePicture, type StoredPicture } from "./documents.ts";
import { BUCKET, PICTURES } from "./shape.ts";

/**
 * Pictures: a document each, by the hash of its content, with the thumbnail; the bytes are a file in GridFS. GridFS knows
 * no transactions. So every upload is a file of its own, whole before the transaction that names it, and removed after
 * the one that drops it: what a crash leaves between is a file that nothing names, which the sweep finds.
 */

/** A whole photograph is one or a few chunks: each is a durable write of its own. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** Files written at once: enough to share the server's waits for its disk. */
const WRITERS = 8;
/** Chunks that the sweep looks at in one call. */
const SWEEP_PAGE = 2_000;
const WITHOUT_THUMBNAIL = { projection: { thumbnail: 0 } } as const;

const bucketOf = (db: Db) => new GridFSBucket(db, { bucketName: BUCKET, chunkSizeBytes: CHUNK_BYTES });
export const picturesOf = (db: Db) => db.collection<Document & { _id: string }>(PICTURES);

export function toPictureDocument(
  picture: PictureUpload,
  fileId: ObjectId,
  lastUse: number,
): Document & { _id: string } {
  const { hash, mediaType, width, height, bytes, thumbnail } = picture;
  return {
    ...{ _id: hash, fileId, mediaType, width, height, bytes: bytes.byteLength },
    lastUse: Long.fromNumber(lastUse),
    thumbnail: new Binary(thumbnail),
  };
}

export function createPictureStore(mongo: MongoConnection) {
  const limit = pLimit(WRITERS);

  async function upload({ hash, bytes }: PictureUpload): Promise<ObjectId> {
    const fileId = new ObjectId();
    await mongo.call("store a picture", async (db, signal) => {
      const stream = bucketOf(db).openUploadStreamWithId(fileId, hash);
      stream.end(bytes);
      await finished(stream, { signal });
    });
    return fileId;
  }

  async function find(hashes: readonly string[]): Promise<StoredPicture[]> {
    return mongo.call(
      "look pictures up",
      async (db) =>
        (
          await picturesOf(db)
            .find({ _id: { $in: [...hashes] } }, WITHOUT_THUMBNAIL)
            .toArray()
        ).map(parsePicture),
      { retries: 1 },
    );
  }

  /** Whether GridFS has the file with all its chunks. */
  async function isWhole({ fileId, bytes }: StoredPicture): Promise<boolean> {
    return mongo.call(
      "look a picture up",
      async (db) => {
        const [file, chunks] = await Promise.all([
          db.collection(`${BUCKET}.files`).findOne({ _id: fileId, length: bytes }, { projection: { chunkSize: 1 } }),
          db.collection(`${BUCKET}.chunks`).countDocuments({ files_id: fileId }),
        ]);
        return file !== null && chunks === Math.ceil(bytes / file.chunkSize);
      },
      { retries: 1 },
    );
  }

  async function removeFiles(fileIds: readonly ObjectId[]): Promise<void> {
    if (fileIds.length === 0) return;
    await mongo.call("remove pictures", async (db) => {
      const named = { $in: [...fileIds] };
      await db.collection<{ _id: ObjectId }>(`${BUCKET}.files`).deleteMany({ _id: named });
      await db.collection(`${BUCKET}.chunks`).deleteMany({ files_id: named });
    });
  }

  return {
    find,
    removeFiles,

    /**
     * Uploads those of the pictures that are not stored whole.
     * @returns the new files, and the files that were found damaged, by hash
     */
    async uploadMissing(pictures: readonly PictureUpload[]) {
      const uploaded = new Map<string, ObjectId>();
      const broken = new Map<string, ObjectId>();
      const unique = [...new Map(pictures.map((picture) => [picture.hash, picture])).values()];
      if (unique.length === 0) return { uploaded, broken };
      const known = new Map((await find(unique.map(({ hash }) => hash))).map((stored) => [stored._id, stored]));
      // Every upload is waited for even where one fails: the caller then removes them all.
      const done = await Promise.allSettled(
        unique.map((picture) =>
          limit(async () => {
            const stored = known.get(picture.hash);
            if (stored !== undefined) {
              if (await isWhole(stored)) return;
              broken.set(picture.hash, stored.fileId);
            }
            uploaded.set(picture.hash, await upload(picture));
          }),
        ),
      );
      const failed = done.find((result) => result.status === "rejected");
      if (failed === undefined) return { uploaded, broken };
      await removeFiles([...uploaded.values()]).catch(() => undefined);
      throw failed.reason;
    },

    async read(hash: string, size: "thumbnail" | "full"): Promise<PictureBytes> {
      return mongo.call(
        "read a picture",
        async (db, signal) => {
          const projection = size === "thumbnail" ? {} : WITHOUT_THUMBNAIL;
          const found = await picturesOf(db).findOne({ _id: hash }, projection);
          if (found === null) throw pictureNotFound(hash, `There is no picture ${hash} in the catalogue.`);
          if (size === "thumbnail" && found.thumbnail instanceof Binary) {
            return { bytes: new Uint8Array(found.thumbnail.buffer), mediaType: THUMBNAIL_TYPE };
          }
          const stored = parsePicture(found);
          const bytes = await readFile(db, stored, signal);
          return { bytes, mediaType: stored.mediaType };
        },
        { retries: 1 },
      );
    },

    async ref(hash: string): Promise<StoredPicture | null> {
      const [stored] = await find([hash]);
      return stored !== undefined && (await isWhole(stored)) ? stored : null;
    },

    /**
     * Removes files that no picture names: what a crash left behind. Younger ones may belong to a write that is under
     * way now, in this engine or in another.
     * @param olderThan server's time minus a grace, milliseconds since the epoch
     * @returns how many went
     */
    async sweep(olderThan: number): Promise<number> {
      const end = ObjectId.createFromTime(Math.floor(olderThan / 1000));
      let after = new ObjectId("0".repeat(24));
      let removed = 0;
      for (;;) {
        const seen = await mongo.call("look for pictures that nothing names", (db) =>
          db
            .collection<{ files_id: ObjectId }>(`${BUCKET}.chunks`)
            .find({ files_id: { $gt: after, $lt: end } }, { projection: { _id: 0, files_id: 1 } })
            .sort({ files_id: 1 })
            .limit(SWEEP_PAGE)
            .toArray(),
        );
        const last = seen.at(-1);
        if (last === undefined) return removed;
        after = last.files_id;
        const fileIds = [...new Map(seen.map(({ files_id }) => [files_id.toHexString(), files_id])).values()];
        const named = await mongo.call("look for pictures that nothing names", (db) =>
          picturesOf(db).distinct("fileId", { fileId: { $in: fileIds } }),
        );
        const kept = new Set(named.map(String));
        const orphans = fileIds.filter((id) => !kept.has(id.toHexString()));
        await removeFiles(orphans);
        removed += orphans.length;
      }
    },
  };
}
export type PictureStore = ReturnType<typeof createPictureStore>;

async function readFile(db: Db, { _id: hash, fileId, bytes }: StoredPicture, signal: AbortSignal) {
  const stream = bucketOf(db).openDownloadStream(fileId);
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const content = await buffer(stream);
    if (content.byteLength === bytes) return new Uint8Array(content);
  } catch (error) {
    // The file's description is missing, or one of its chunks.
    const isGone = error instanceof MongoRuntimeError && error.message.startsWith("FileNotFound");
    if (!isGone && !(error instanceof MongoGridFSChunkError)) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  throw pictureNotFound(
    hash,
    `The file of picture ${hash} is damaged in MongoDB. Import its product again to mend it.`,
  );
}

export function pictureNotFound(hash: string, message: string): ShelfmatchError {
  return new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { hash } });
}

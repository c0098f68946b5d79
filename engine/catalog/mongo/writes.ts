import { randomUUID } from "node:crypto";
import { type ClientSession, type Db, type Document, Long, type ObjectId } from "mongodb";
import pLimit from "p-limit";
import type { PictureRef } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { crashPoint } from "../../lib/crash-point.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { MONGO_CODE, serverCode } from "../../lib/mongo/errors.ts";
import { nextNumbers } from "../../lib/mongo/shape.ts";
import { barcodeKey } from "../barcode.ts";
import type { By, PictureUpload, UpsertDone, UpsertEntry } from "../port.ts";
import { insertChanges } from "./changes.ts";
import {
  type ProductDocument,
  parsePicture,
  parseProduct,
  type StoredPicture,
  type StoredProduct,
  toDocument,
  toDraft,
  WITHOUT_WORDS,
} from "./documents.ts";
import { type PictureStore, picturesOf, toPictureDocument } from "./pictures.ts";
import { isUpload, type Plan, planUpserts } from "./plan.ts";
import { BIN, PRODUCTS, TOMBSTONES } from "./shape.ts";

/** Changes of products: files first, then one transaction for all that names them. */

/** Counter of changes: a revision is never used twice, not even by a product that was deleted and added again. */
export const REVISIONS = "revisions";
/** How often a change is worked out anew because another engine changed the same things meanwhile. */
const TRIES = 5;

export const productsOf = (db: Db) => db.collection<ProductDocument>(PRODUCTS);
export const tombstonesOf = (db: Db) => db.collection<{ _id: string; deletedAt: Date }>(TOMBSTONES);

type Entries = (products: ReadonlyMap<string, StoredProduct>) => readonly UpsertEntry[];

/** Another engine has dropped a picture since it was looked up: it must be uploaded after all. */
class PictureVanished extends ShelfmatchError {
  constructor() {
    super("BUSY", "Another Shelfmatch removed a picture from the catalogue as this one took it up. Try again.");
  }
}

/** One transaction at a time in this engine: two over the same pictures would only make each other start anew. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;
export const createLane = (): Lane => {
  const limit = pLimit(1);
  return (work) => limit(work);
};

export function createWriter(mongo: MongoConnection, store: PictureStore, oneByOne: Lane) {
  /**
   * @param skus products that the entries are made of
   * @param uploads pictures among them that bring their bytes
   */
  function change(what: string, skus: readonly string[], uploads: readonly PictureUpload[], entriesOf: Entries) {
    return withFiles(what, uploads, (db, session, files) => apply(db, session, skus, entriesOf, files));
  }

  /** Uploads pictures, then lets one transaction name them; `work` says which files nothing names after it. */
  async function withFiles<T>(
    what: string,
    uploads: readonly PictureUpload[],
    work: (db: Db, session: ClientSession, files: Files) => Promise<{ answers: T; unused: ObjectId[] }>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const files = await store.uploadMissing(uploads);
      crashPoint("catalog.pictures-stored");
      try {
        const { answers, unused } = await oneByOne(() =>
          mongo.transaction(what, (db, session) => work(db, session, files)),
        );
        crashPoint("catalog.rows-committed");
        await removeQuietly(unused);
        return answers;
      } catch (error) {
        const isRace = error instanceof PictureVanished || isDuplicate(error);
        // Where nobody knows whether it went in (no answer in time), the files stay; the sweep sees to them.
        if (isRace || isRefusal(error)) await removeQuietly([...files.uploaded.values()]);
        if (!isRace || attempt === TRIES) throw error;
      }
    }
  }

  async function removeQuietly(fileIds: readonly ObjectId[]): Promise<void> {
    // The change itself is through: what can't be removed now is left to the sweep.
    await store.removeFiles(fileIds).catch(() => undefined);
  }

  return {
    withFiles,

    upsert(entries: readonly UpsertEntry[]): Promise<(UpsertDone | ShelfmatchError)[]> {
      const uploads = entries.flatMap((entry) => entry.pictures.filter(isUpload));
      const skus = entries.map(({ draft }) => draft.sku);
      return change("write products", skus, uploads, () => entries);
    },

    /** @throws ShelfmatchError of `entryOf`, or what refuses its entry */
    async changeOne(
      sku: string,
      uploads: readonly PictureUpload[],
      entryOf: (present: StoredProduct | null) => UpsertEntry,
    ): Promise<UpsertDone> {
      const [answer] = await change(`write product ${sku}`, [sku], uploads, (products) => [
        entryOf(products.get(sku) ?? null),
      ]);
      if (answer === undefined) throw new Error(`Nothing was answered of ${sku}.`);
      if (!(answer instanceof ShelfmatchError)) return answer;
      throw answer;
    },

    async delete(sku: string): Promise<void> {
      const unused = await oneByOne(() =>
        mongo.transaction(`delete product ${sku}`, async (db, session) => {
          const found = await productsOf(db).findOneAndDelete({ _id: sku }, { session, projection: WITHOUT_WORDS });
          if (found === null) throw productNotFound(sku);
          const revision = await nextNumbers(db, REVISIONS, 1);
          await tombstonesOf(db).replaceOne({ _id: sku }, { deletedAt: new Date() }, { session, upsert: true });
          const hashes = parseProduct(found).pictures.map(({ hash }) => hash);
          return dropUnused(db, session, hashes, revision);
        }),
      );
      crashPoint("catalog.rows-committed");
      await removeQuietly(unused);
    },
  };
}

type Files = Awaited<ReturnType<PictureStore["uploadMissing"]>>;
/** Of a change that brings no pictures. */
export const NO_FILES: Files = { uploaded: new Map(), broken: new Map() };

/** @returns the answers, and the files that nothing names once the transaction is through */
export async function apply(db: Db, session: ClientSession, skus: readonly string[], entriesOf: Entries, files: Files) {
  const products = await readProducts(db, session, skus);
  const entries = entriesOf(products);
  const keys = entries.flatMap(({ draft }) => (draft.barcode ? [barcodeKey(draft.barcode)] : []));
  const owners = await readOwners(db, session, keys);
  const pictures = await readPictures(
    db,
    session,
    entries.flatMap((entry) => entry.pictures.map(({ hash }) => hash)),
  );
  // Taken after the reads: a change that was through before them has a lower one, one that comes after them meets this.
  const revisions = await nextNumbers(db, REVISIONS, Math.max(1, entries.length));
  const plan = planUpserts(entries, { products, owners, pictures }, revisions, new Date());

  const replaced = await writePictures(db, session, plan, pictures, files, revisions);
  if (plan.writes.length > 0) {
    const writes = plan.writes.map(({ product, isNew }) => {
      const document = toDocument(product);
      if (isNew) return { insertOne: { document } };
      return { replaceOne: { filter: { _id: product._id }, replacement: document } };
    });
    await productsOf(db).bulkWrite(writes, { session });
    // The SKU is back: its vectors are replaced when it is indexed, and must not be deleted after that.
    const added = plan.writes.filter(({ isNew }) => isNew).map(({ product }) => product._id);
    if (added.length > 0) await tombstonesOf(db).deleteMany({ _id: { $in: added } }, { session });
  }
  await insertChanges(db, session, plan.changes);
  await keep(db, session, plan.kept);
  const dropped = await dropUnused(db, session, [...plan.dropped], revisions);
  return { answers: plan.answers, unused: [...replaced, ...dropped] };
}

async function keep(db: Db, session: ClientSession, kept: Plan["kept"]): Promise<void> {
  if (kept.length === 0) return;
  const time = new Date();
  const documents = kept.map((one) => ({ _id: randomUUID() as string, kind: "pictures", time, ...one }));
  await db.collection<Document & { _id: string }>(BIN).insertMany(documents, { session });
}

async function readProducts(db: Db, session: ClientSession, skus: readonly string[]) {
  const found = await productsOf(db)
    .find({ _id: { $in: [...new Set(skus)] } }, { session, projection: WITHOUT_WORDS })
    .toArray();
  return new Map(found.map((document) => [document._id, parseProduct(document)]));
}

async function readOwners(db: Db, session: ClientSession, keys: readonly string[]) {
  if (keys.length === 0) return new Map<string, { sku: string; name: string }>();
  const found = await productsOf(db)
    .find({ barcodeKey: { $in: [...keys] } }, { session, projection: { barcodeKey: 1, name: 1 } })
    .toArray();
  return new Map(found.map(({ _id, barcodeKey: key, name }) => [String(key), { sku: _id, name: String(name) }]));
}

export async function readPictures(db: Db, session: ClientSession, named: readonly string[]) {
  const hashes = [...new Set(named)];
  if (hashes.length === 0) return new Map<string, StoredPicture>();
  const found = await picturesOf(db)
    .find({ _id: { $in: hashes } }, { session, projection: { thumbnail: 0 } })
    .toArray();
  return new Map(found.map((document) => [document._id, parsePicture(document)]));
}

/**
 * Adds the pictures that are new, and names every other that a product takes up, so that nobody drops it meanwhile.
 * @returns files that are not named: another engine's upload was there first, or the file was a damaged one
 */
export async function writePictures(
  db: Db,
  session: ClientSession,
  plan: Pick<Plan, "uploads" | "taken">,
  stored: ReadonlyMap<string, StoredPicture>,
  { uploaded, broken }: Files,
  revision: number,
): Promise<ObjectId[]> {
  const pictures = picturesOf(db);
  const lastUse = Long.fromNumber(revision);
  const adopted = new Set<string>();
  const unused: ObjectId[] = [];
  const added: (Document & { _id: string })[] = [];
  for (const [hash, picture] of plan.uploads) {
    const present = stored.get(hash);
    const fileId = uploaded.get(hash);
    if (present === undefined) {
      if (fileId === undefined) throw new PictureVanished();
      added.push(toPictureDocument(picture, fileId, revision));
      adopted.add(hash);
    } else if (fileId !== undefined && broken.get(hash)?.equals(present.fileId)) {
      await pictures.updateOne({ _id: hash }, { $set: { fileId, lastUse } }, { session });
      adopted.add(hash);
      unused.push(present.fileId);
    }
  }
  if (added.length > 0) await pictures.insertMany(added, { session });
  const taken = [...plan.taken].filter((hash) => stored.has(hash));
  if (taken.length > 0) {
    const { matchedCount } = await pictures.updateMany({ _id: { $in: taken } }, { $set: { lastUse } }, { session });
    if (matchedCount !== taken.length) throw new PictureVanished();
  }
  for (const [hash, fileId] of uploaded) if (!adopted.has(hash)) unused.push(fileId);
  return unused;
}

/** Removes those of the pictures that no product has any more, nor the bin. @returns their files */
export async function dropUnused(db: Db, session: ClientSession, hashes: readonly string[], revision: number) {
  if (hashes.length === 0) return [];
  const pictures = picturesOf(db);
  const named = { _id: { $in: [...hashes] } };
  // Two products may lose the picture at once, each seeing that the other has it: this makes one wait for the other.
  await pictures.updateMany(named, { $set: { lastUse: Long.fromNumber(revision) } }, { session });
  const unused = await pictures
    .aggregate<{ _id: string; fileId: ObjectId }>(
      [
        { $match: named },
        {
          $lookup: {
            ...{ from: PRODUCTS, localField: "_id", foreignField: "pictures.hash", as: "users" },
            pipeline: [{ $limit: 1 }, { $project: { _id: 1 } }],
          },
        },
        {
          $lookup: {
            ...{ from: BIN, localField: "_id", foreignField: "pictures", as: "kept" },
            pipeline: [{ $limit: 1 }, { $project: { _id: 1 } }],
          },
        },
        { $match: { users: [], kept: [] } },
        { $project: { fileId: 1 } },
      ],
      { session },
    )
    .toArray();
  if (unused.length > 0) await pictures.deleteMany({ _id: { $in: unused.map(({ _id }) => _id) } }, { session });
  return unused.map(({ fileId }) => fileId);
}

/** A unique key that another engine took after this transaction's snapshot: the next try sees whose it is. */
function isDuplicate(error: unknown): boolean {
  return error instanceof ShelfmatchError && serverCode(error.cause) === MONGO_CODE.duplicateKey;
}

const REFUSALS: ReadonlySet<string> = new Set([
  ...["PRODUCT_EXISTS", "PRODUCT_NOT_FOUND", "PICTURE_NOT_FOUND", "BARCODE_TAKEN", "DATA_CORRUPT", "PRODUCT_CHANGED"],
]);
const isRefusal = (error: unknown) => error instanceof ShelfmatchError && REFUSALS.has(error.code);

/** @throws ShelfmatchError PRODUCT_NOT_FOUND */
export function needProduct(sku: string, present: StoredProduct | null): StoredProduct {
  if (present !== null) return present;
  throw productNotFound(sku);
}

export function productNotFound(sku: string): ShelfmatchError {
  return new ShelfmatchError(
    "PRODUCT_NOT_FOUND",
    `There is no product with the SKU "${sku}" in the catalogue. Check the SKU, or add the product.`,
    { details: { sku } },
  );
}

/** The product as an entry that changes nothing but its pictures. */
export function withPictures(
  present: StoredProduct,
  pictures: readonly (PictureUpload | PictureRef)[],
  by?: By,
): UpsertEntry {
  return { draft: toDraft(present), pictures, otherPictures: "remove", ...(by === undefined ? {} : { by }) };
}

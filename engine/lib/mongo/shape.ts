import { isDeepStrictEqual } from "node:util";
import type { Db, Document, IndexDescription } from "mongodb";
import { z } from "zod";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { MONGO_CODE, serverCode } from "./errors.ts";

/** What a part of the app keeps in the database, as data. */
export interface CollectionShape {
  name: string;
  /** `$jsonSchema` that the server holds every document to; null for GridFS' own collections. */
  schema: Document | null;
  indexes: (IndexDescription & { name: string })[];
}

export interface PartShape {
  /** `catalogue`, `journal`: names the part's version in the collection `state`. */
  part: string;
  version: number;
  collections: readonly CollectionShape[];
}

/** Versions of the parts, and their counters; see `nextNumbers`. */
export const STATE = "state";

const versionSchema = z.object({ version: z.number().int() });
const counterSchema = z.object({ last: z.number().int() });

/**
 * Makes the collections, rules and indexes that are missing, and brings those that differ to this version's form.
 * Several engines may do so at once: every step can be repeated.
 * @throws ShelfmatchError SERVICE_MISMATCH where a newer version of the app has written the part
 */
export async function ensureShape(db: Db, shape: PartShape, address: string): Promise<void> {
  const known = new Map((await db.listCollections({}, { nameOnly: false }).toArray()).map((one) => [one.name, one]));
  await Promise.all([
    ensureCollection(db, { name: STATE, schema: null, indexes: [] }, known.get(STATE)),
    ...shape.collections.map((collection) => ensureCollection(db, collection, known.get(collection.name))),
  ]);
  await ensureVersion(db, shape, address);
}

async function ensureVersion(db: Db, { part, version }: PartShape, address: string): Promise<void> {
  const state = db.collection<{ _id: string }>(STATE);
  const found = await state.findOne({ _id: part });
  const written = found === null ? 0 : versionSchema.parse(found).version;
  if (written > version) {
    const message = `The ${part} in MongoDB at ${address} was written by a newer version of Shelfmatch (${written}, this one knows ${version}). Update this app, or choose another mongo.database; nothing was changed.`;
    throw new ShelfmatchError("SERVICE_MISMATCH", message);
  }
  if (written < version) {
    await state.updateOne({ _id: part }, { $max: { version }, $set: { at: new Date() } }, { upsert: true });
  }
}

async function ensureCollection(db: Db, shape: CollectionShape, known: Document | undefined): Promise<void> {
  const { name, schema, indexes } = shape;
  const rules = schema === null ? {} : { validator: { $jsonSchema: schema } };
  if (known === undefined) {
    await db.createCollection(name, rules).catch((error: unknown) => {
      // Another engine was quicker.
      if (serverCode(error) !== MONGO_CODE.namespaceExists) throw error;
    });
  } else if (schema !== null && !isDeepStrictEqual(known.options?.validator, rules.validator)) {
    await db.command({ collMod: name, ...rules });
  }
  if (indexes.length > 0) await db.collection(name).createIndexes(indexes);
}

/**
 * Sets after how many seconds the server removes documents by itself; the index is made where it is missing.
 * @param field holds a date
 */
export async function ensureExpiry(db: Db, name: string, field: string, seconds: number): Promise<void> {
  const key = { [field]: 1 };
  try {
    await db.collection(name).createIndex(key, { name: `${field}_expires`, expireAfterSeconds: seconds });
  } catch (error) {
    if (serverCode(error) !== MONGO_CODE.indexOptionsConflict) throw error;
    await db.command({ collMod: name, index: { keyPattern: key, expireAfterSeconds: seconds } });
  }
}

/**
 * Takes numbers that nobody had before, growing; each engine's own are acknowledged before they are used.
 * @returns the first of `count`
 */
export async function nextNumbers(db: Db, counter: string, count: number): Promise<number> {
  const state = db.collection<{ _id: string }>(STATE);
  const found = await state.findOneAndUpdate(
    { _id: counter },
    { $inc: { last: count } },
    { upsert: true, returnDocument: "after" },
  );
  return counterSchema.parse(found).last - count + 1;
}

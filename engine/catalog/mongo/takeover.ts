import { type Db, type Document, Long } from "mongodb";
import { z } from "zod";
import { productSchema } from "../../../shared/contract/domain.ts";
import type { Change } from "../../../shared/contract/history.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { nextNumbers, STATE } from "../../lib/mongo/shape.ts";
import type { Catalog, KeptEntry } from "../port.ts";
import { newChanges } from "../takeover.ts";
import { changesOf, parseChange } from "./changes.ts";
import { BIN } from "./shape.ts";
import { type createWriter, REVISIONS, readPictures, writePictures } from "./writes.ts";

type TakeoverPart = Pick<Catalog, "keptEntries" | "takeOverBin" | "allChanges" | "takeOverChanges">;

const binOf = (db: Db) => db.collection<Document & { _id: string }>(BIN);

const entrySchema = z.object({
  _id: z.string(),
  kind: z.enum(["product", "pictures"]),
  sku: z.string(),
  name: z.string(),
  time: z.date(),
  job: z.string().optional(),
  body: z.string().optional(),
  pictures: z.array(z.string()),
});

function toEntry(document: Document): KeptEntry {
  const { _id: id, time, job, body, ...rest } = entrySchema.parse(document);
  const product = body === undefined ? null : productSchema.parse(JSON.parse(body));
  return { id, ...rest, time: time.toISOString(), job: job ?? null, product };
}

const toDocument = ({ id, time, job, product, ...rest }: KeptEntry): Document & { _id: string } => ({
  ...{ _id: id, ...rest, time: new Date(time) },
  ...(job === null ? {} : { job }),
  ...(product === null ? {} : { body: JSON.stringify(product) }),
});

/** Bin and history, taken over from another catalogue. */
export function createTakeover(mongo: MongoConnection, { withFiles }: ReturnType<typeof createWriter>): TakeoverPart {
  return {
    keptEntries: (after, limit) =>
      mongo.call(
        "read the bin",
        async (db) => {
          const later = after === null ? {} : { _id: { $gt: after } };
          return (await binOf(db).find(later).sort({ _id: 1 }).limit(limit).toArray()).map(toEntry);
        },
        { retries: 1 },
      ),

    takeOverBin: (entries, uploads) =>
      withFiles("take a bin over", uploads, async (db, session, files) => {
        const named = { _id: { $in: entries.map(({ id }) => id) } };
        const known = await binOf(db)
          .find(named, { session, projection: { _id: 1 } })
          .toArray();
        const present = new Set(known.map(({ _id }) => _id));
        const fresh = entries.filter(({ id }) => !present.has(id));
        const taken = new Set(fresh.flatMap(({ pictures }) => pictures));
        const stored = await readPictures(db, session, [...taken, ...uploads.map(({ hash }) => hash)]);
        const revision = await nextNumbers(db, REVISIONS, 1);
        // Only what an entry keeps: a picture that nothing names would never go.
        const kept = uploads.filter(({ hash }) => taken.has(hash));
        const plan = { uploads: new Map(kept.map((picture) => [picture.hash, picture])), taken };
        const unused = await writePictures(db, session, plan, stored, files, revision);
        if (fresh.length > 0) await binOf(db).insertMany(fresh.map(toDocument), { session });
        return { answers: undefined, unused };
      }),

    allChanges: (after, limit) =>
      mongo.call(
        "read the history",
        async (db) => {
          const later = { _id: { $gt: Long.fromNumber(after) } };
          return (await changesOf(db).find(later).sort({ _id: 1 }).limit(limit).toArray()).map(parseChange);
        },
        { retries: 1 },
      ),

    async takeOverChanges(changes) {
      if (changes.length === 0) return;
      await mongo.call("number the history", (db) => raiseNumbers(db, Math.max(...changes.map(({ id }) => id))), {
        retries: 1,
      });
      await mongo.transaction("take a history over", async (db, session) => {
        const find = async (filter: object) =>
          (await changesOf(db).find(filter, { session }).toArray()).map(parseChange);
        const present = await find({ _id: { $in: changes.map(({ id }) => Long.fromNumber(id)) } });
        const byId = new Map(present.map((change) => [change.id, change]));
        const clashing = changes.filter(({ id }) => byId.has(id)).map(({ sku }) => sku);
        const ofProducts = clashing.length === 0 ? [] : await find({ sku: { $in: [...new Set(clashing)] } });
        const { asTheyAre, renumbered } = newChanges(changes, byId, () => ofProducts);
        const first = renumbered.length === 0 ? 0 : await nextNumbers(db, REVISIONS, renumbered.length);
        const all = [...asTheyAre, ...renumbered.map((change, at) => ({ ...change, id: first + at }))];
        if (all.length > 0) await changesOf(db).insertMany(all.map(toChangeDocument), { session });
      });
    },
  };
}

/** Numbers that are taken from now on are greater than this one. */
async function raiseNumbers(db: Db, last: number): Promise<void> {
  await db.collection<{ _id: string }>(STATE).updateOne({ _id: REVISIONS }, { $max: { last } }, { upsert: true });
}

const toChangeDocument = ({ id, sku, time, kind, source, job, fields }: Change) => ({
  ...{ _id: Long.fromNumber(id), sku, time: new Date(time), kind, source },
  ...(job === null ? {} : { job }),
  fields: JSON.stringify(fields),
});

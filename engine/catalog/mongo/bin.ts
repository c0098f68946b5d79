import { randomUUID } from "node:crypto";
import type { ClientSession, Db, Document } from "mongodb";
import { type BinEntry, binEntrySchema } from "../../../shared/contract/bin.ts";
import { type Product, productSchema } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { nextNumbers } from "../../lib/mongo/shape.ts";
import { binEntryOf, entryToRestore, notInBin, skuIsBack } from "../bin.ts";
import type { By, Catalog } from "../port.ts";
import { insertChanges } from "./changes.ts";
import { parseProduct, toProduct, WITHOUT_WORDS } from "./documents.ts";
import type { PictureStore } from "./pictures.ts";
import { BIN } from "./shape.ts";
import { apply, dropUnused, type Lane, NO_FILES, productsOf, REVISIONS, tombstonesOf } from "./writes.ts";

/** Deleted products, whole, and pictures that left a product: a document each, which keeps its pictures stored. */

const binOf = (db: Db) => db.collection<Document & { _id: string }>(BIN);

type BinPart = Pick<Catalog, "discard" | "bin" | "discardedBy" | "restore" | "purge">;

const storedEntry = ({ _id, time, job, count, picture, sku, name }: Document): BinEntry =>
  binEntrySchema.parse({
    ...{ id: _id, sku, name, picture: picture ?? null, pictures: Number(count), job: job ?? null },
    deletedAt: time instanceof Date ? time.toISOString() : time,
  });

export function createBin(mongo: MongoConnection, store: PictureStore, lane: Lane) {
  async function discardNow(db: Db, session: ClientSession, skus: readonly string[], by: By | undefined) {
    const named = { _id: { $in: [...new Set(skus)] } };
    const found = await productsOf(db).find(named, { session, projection: WITHOUT_WORDS }).toArray();
    const products = found.map((one) => toProduct(parseProduct(one)));
    if (products.length === 0) return [];
    const revisions = await nextNumbers(db, REVISIONS, products.length);
    const deletedAt = new Date();
    const entries = products.map((product) =>
      binEntryOf(randomUUID(), product, deletedAt.toISOString(), by?.job ?? null),
    );
    await binOf(db).insertMany(
      products.map((product, at) => ({
        ...{ _id: entries[at]?.id ?? "", kind: "product", sku: product.sku, name: product.name, time: deletedAt },
        ...(by?.job === undefined ? {} : { job: by.job }),
        ...{ body: JSON.stringify(product), pictures: product.pictures.map(({ hash }) => hash) },
      })),
      { session },
    );
    const gone = products.map(({ sku }) => sku);
    await productsOf(db).deleteMany({ _id: { $in: gone } }, { session });
    await tombstonesOf(db).bulkWrite(
      gone.map((sku) => ({ replaceOne: { filter: { _id: sku }, replacement: { deletedAt }, upsert: true } })),
      { session },
    );
    await insertChanges(
      db,
      session,
      gone.map((sku, at) => ({ id: revisions + at, sku, kind: "deleted", fields: [], by })),
    );
    return entries;
  }

  async function restoreNow(db: Db, session: ClientSession, ids: readonly string[], by: By | undefined) {
    const documents = await binOf(db)
      .find({ _id: { $in: [...ids] }, kind: "product" }, { session })
      .toArray();
    const kept = new Map(documents.map(({ _id, body }) => [_id, productSchema.parse(JSON.parse(String(body)))]));
    const wanted = [...new Set([...kept.values()].map(({ sku }) => sku))];
    const present = await productsOf(db)
      .find({ _id: { $in: wanted } }, { session, projection: { _id: 1 } })
      .toArray();
    // Of two entries of one SKU the first goes in.
    const taken = new Set(present.map(({ _id }) => _id));
    const answers = new Map<string, Product | ShelfmatchError>();
    const fitting: { id: string; product: Product }[] = [];
    for (const id of ids) {
      const product = kept.get(id);
      if (product === undefined) answers.set(id, notInBin(id));
      else if (taken.has(product.sku)) answers.set(id, skuIsBack(product.sku));
      else {
        taken.add(product.sku);
        fitting.push({ id, product });
      }
    }
    const entries = fitting.map(({ product }) => entryToRestore(product));
    const written = await apply(
      db,
      session,
      fitting.map(({ product }) => product.sku),
      () => entries,
      NO_FILES,
    );
    const back: { id: string; product: Product }[] = [];
    for (const [at, { id, product }] of fitting.entries()) {
      const answer = written.answers[at];
      if (answer === undefined) continue;
      if (answer instanceof ShelfmatchError) {
        answers.set(id, answer);
        continue;
      }
      const { variantGroup } = product;
      answers.set(id, variantGroup === undefined ? answer.product : { ...answer.product, variantGroup });
      back.push({ id, product });
    }
    const grouped = back.flatMap(({ product: { sku, variantGroup } }) =>
      variantGroup === undefined ? [] : [{ updateOne: { filter: { _id: sku }, update: { $set: { variantGroup } } } }],
    );
    if (grouped.length > 0) await productsOf(db).bulkWrite(grouped, { session });
    if (back.length > 0) {
      const revisions = await nextNumbers(db, REVISIONS, back.length);
      await insertChanges(
        db,
        session,
        back.map(({ product }, at) => ({ id: revisions + at, sku: product.sku, kind: "restored", fields: [], by })),
      );
      await binOf(db).deleteMany({ _id: { $in: back.map(({ id }) => id) } }, { session });
    }
    return ids.map((id) => answers.get(id) ?? notInBin(id));
  }

  async function empty(filter: Document): Promise<number> {
    const { purged, unused } = await lane(() =>
      mongo.transaction("empty the bin", async (db, session) => {
        const found = await binOf(db)
          .find(filter, { session, projection: { pictures: 1 } })
          .limit(EMPTIED_AT_ONCE)
          .toArray();
        if (found.length === 0) return { purged: 0, unused: [] };
        const revision = await nextNumbers(db, REVISIONS, 1);
        await binOf(db).deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
        const hashes = [...new Set(found.flatMap(({ pictures }) => (pictures as string[]) ?? []))];
        return { purged: found.length, unused: await dropUnused(db, session, hashes, revision) };
      }),
    );
    // What can't be removed now is left to the sweep.
    await store.removeFiles(unused).catch(() => undefined);
    return purged;
  }

  const part: BinPart = {
    discard: (skus, by) =>
      lane(() => mongo.transaction("delete products", (db, session) => discardNow(db, session, skus, by))),
    restore: (ids, by) =>
      lane(() => mongo.transaction("restore products", (db, session) => restoreNow(db, session, ids, by))),
    bin: ({ text, page, pageSize }) =>
      mongo.call(
        "list the bin",
        async (db) => {
          const words = (text ?? "").trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
          const pattern = new RegExp(words, "i");
          const filter = {
            kind: "product",
            ...(words === "" ? {} : { $or: [{ sku: pattern }, { name: pattern }] }),
          };
          const [items, total] = await Promise.all([
            binOf(db)
              .aggregate([
                { $match: filter },
                { $sort: { time: -1, _id: 1 } },
                { $skip: (page - 1) * pageSize },
                { $limit: pageSize },
                {
                  $project: {
                    sku: 1,
                    name: 1,
                    time: 1,
                    job: 1,
                    picture: { $first: "$pictures" },
                    count: { $size: "$pictures" },
                  },
                },
              ])
              .toArray(),
            binOf(db).countDocuments(filter),
          ]);
          return { items: items.map(storedEntry), total };
        },
        { retries: 1 },
      ),
    discardedBy: (job) =>
      mongo.call(
        "list the bin",
        async (db) => {
          const found = await binOf(db)
            .find({ job, kind: "product" }, { projection: { _id: 1 } })
            .sort({ time: 1, _id: 1 })
            .toArray();
          return found.map(({ _id }) => _id);
        },
        { retries: 1 },
      ),
    purge: (ids) => empty({ _id: { $in: [...ids] }, kind: "product" }),
  };
  return {
    ...part,
    async prune(before: string): Promise<void> {
      while ((await empty({ time: { $lt: new Date(before) } })) > 0);
    },
  };
}

/** Entries that one transaction empties. */
const EMPTIED_AT_ONCE = 500;

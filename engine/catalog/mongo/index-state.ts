import { type Db, type Filter, Long } from "mongodb";
import { type IndexState, indexStateSchema } from "../../../shared/contract/domain.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { nextNumbers } from "../../lib/mongo/shape.ts";
import type { Catalog } from "../port.ts";
import { type ProductDocument, parseProduct, toProduct, WITHOUT_WORDS } from "./documents.ts";
import { readInOrder } from "./query.ts";
import { productsOf, REVISIONS, tombstonesOf } from "./writes.ts";

/** Products that one call makes pending: each call has its deadline, however many products there are. */
const PAGE = 5_000;

type IndexStatePart = Pick<
  Catalog,
  "pending" | "jobs" | "markIndexed" | "markFailed" | "markAllPending" | "deletedSkus" | "forgetDeleted" | "counts"
>;

/** Which products the index has, and which deleted ones it may still have. */
export function createIndexState(mongo: MongoConnection): IndexStatePart {
  return {
    pending: (limit) =>
      mongo.call(
        "list what is to be indexed",
        async (db) => {
          const found = await productsOf(db)
            .find({ indexState: "pending" }, { projection: WITHOUT_WORDS })
            .sort({ revision: 1, _id: 1 })
            .limit(limit)
            .toArray();
          return found.map(parseProduct).map((stored) => ({ product: toProduct(stored), revision: stored.revision }));
        },
        { retries: 1 },
      ),

    jobs: (skus) =>
      mongo.call(
        "read products",
        async (db) =>
          (await readInOrder(productsOf(db), skus)).map((stored) => ({
            product: toProduct(stored),
            revision: stored.revision,
          })),
        { retries: 1 },
      ),

    async markIndexed(done) {
      if (done.length === 0) return;
      const indexed = { $set: { indexState: "indexed", indexReason: null } };
      const marks = done.map(({ sku, revision }) => ({
        updateOne: { filter: { _id: sku, revision: Long.fromNumber(revision) }, update: indexed },
      }));
      await mongo.call("mark products as indexed", (db) => productsOf(db).bulkWrite(marks, { ordered: false }), {
        retries: 1,
      });
    },

    async markFailed(sku, revision, reason) {
      const failed = { $set: { indexState: "failed", indexReason: reason } };
      await mongo.call(
        `mark product ${sku} as failed`,
        (db) => productsOf(db).updateOne({ _id: sku, revision: Long.fromNumber(revision) }, failed),
        { retries: 1 },
      );
    },

    async markAllPending(skus) {
      // A new revision, so that a job that is running now does not mark the product with what it made of the old one.
      const revision = await mongo.call("number a change", (db) => nextNumbers(db, REVISIONS, 1));
      const pending = { $set: { indexState: "pending", indexReason: null, revision: Long.fromNumber(revision) } };
      const make = (filter: Filter<ProductDocument>) =>
        mongo.call("make products pending", (db) => productsOf(db).updateMany(filter, pending));
      if (skus !== undefined) {
        for (let at = 0; at < skus.length; at += PAGE) await make({ _id: { $in: skus.slice(at, at + PAGE) } });
        return;
      }
      for (let after = ""; ; ) {
        const [last] = await mongo.call("list its SKUs", (db) => pageEnd(db, after));
        if (last === undefined) return make({ _id: { $gt: after } }).then(() => undefined);
        await make({ _id: { $gt: after, $lte: last._id } });
        after = last._id;
      }
    },

    deletedSkus: () =>
      mongo.call(
        "list deleted products",
        async (db) => (await tombstonesOf(db).find().sort({ deletedAt: 1, _id: 1 }).toArray()).map(({ _id }) => _id),
        { retries: 1 },
      ),

    async forgetDeleted(skus) {
      const named = { _id: { $in: [...skus] } };
      await mongo.call("forget deleted products", (db) => tombstonesOf(db).deleteMany(named), { retries: 1 });
    },

    counts: () =>
      mongo.call(
        "count its products",
        async (db) => {
          const groups = await productsOf(db)
            .aggregate([{ $group: { _id: "$indexState", count: { $sum: 1 } } }], { hint: "index_state" })
            .toArray();
          const counts: Record<IndexState, number> & { total: number } = {
            pending: 0,
            indexed: 0,
            failed: 0,
            total: 0,
          };
          for (const { _id, count } of groups) {
            counts[indexStateSchema.parse(_id)] = Number(count);
            counts.total += Number(count);
          }
          return counts;
        },
        { retries: 1 },
      ),
  };
}

/** The SKU that ends the page which begins after that one; none where the page is not full. */
const pageEnd = (db: Db, after: string) =>
  productsOf(db)
    .find({ _id: { $gt: after } }, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .skip(PAGE - 1)
    .limit(1)
    .toArray();

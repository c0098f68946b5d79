import type { Db } from "mongodb";
import { decisionSchema } from "../../../shared/contract/duplicates.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import type { Catalog } from "../port.ts";
import { parseProduct, toProduct, WITHOUT_WORDS } from "./documents.ts";
import { DECISIONS } from "./shape.ts";
import { productNotFound, productsOf } from "./writes.ts";

type DecisionPart = Pick<
  Catalog,
  "setVariantGroup" | "inVariantGroup" | "addDecision" | "decisions" | "removeDecision"
>;

const decisionsOf = (db: Db) => db.collection<{ _id: string; time: Date; body: string }>(DECISIONS);

/** What a person decided about products that look alike. */
export function createDecisions(mongo: MongoConnection): DecisionPart {
  return {
    async setVariantGroup(skus, group) {
      const named = { _id: { $in: [...new Set(skus)] } };
      await mongo.transaction("mark variants", async (db, session) => {
        const found = await productsOf(db)
          .find(named, { session, projection: { _id: 1 } })
          .toArray();
        const known = new Set(found.map(({ _id }) => _id));
        const missing = skus.find((sku) => !known.has(sku));
        if (missing !== undefined) throw productNotFound(missing);
        const change = group === null ? { $unset: { variantGroup: "" } } : { $set: { variantGroup: group } };
        await productsOf(db).updateMany(named, change, { session });
      });
    },

    inVariantGroup: (group) =>
      mongo.call(
        "read variants",
        async (db) => {
          const found = await productsOf(db)
            .find({ variantGroup: group }, { projection: WITHOUT_WORDS })
            .sort({ _id: 1 })
            .toArray();
          return found.map((one) => toProduct(parseProduct(one)));
        },
        { retries: 1 },
      ),

    async addDecision(decision) {
      const document = { time: new Date(decision.time), body: JSON.stringify(decision) };
      await mongo.call("keep a decision", (db) =>
        decisionsOf(db).replaceOne({ _id: decision.id }, document, { upsert: true }),
      );
    },

    decisions: () =>
      mongo.call(
        "read decisions",
        async (db) => {
          const found = await decisionsOf(db).find().sort({ time: -1, _id: 1 }).toArray();
          return found.map(({ body }) => decisionSchema.parse(JSON.parse(body)));
        },
        { retries: 1 },
      ),

    async removeDecision(id) {
      await mongo.call("forget a decision", (db) => decisionsOf(db).deleteOne({ _id: id }), { retries: 1 });
    },
  };
}

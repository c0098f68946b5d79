import type { Db } from "mongodb";
import { savedViewSchema } from "../../../shared/contract/views.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import type { Catalog } from "../port.ts";
import { VIEWS } from "./shape.ts";

const viewsOf = (db: Db) => db.collection<{ _id: string; name: string; search: string }>(VIEWS);

/** Saved filters. */
export function createViews(mongo: MongoConnection): Pick<Catalog, "views" | "putView" | "removeView"> {
  return {
    views: () =>
      mongo.call(
        "read saved filters",
        async (db) => {
          const found = await viewsOf(db).find().sort({ name: 1, _id: 1 }).toArray();
          return found.map(({ _id, ...view }) => savedViewSchema.parse({ id: _id, ...view }));
        },
        { retries: 1 },
      ),
    async putView({ id, name, search }) {
      await mongo.call("save a filter", (db) =>
        viewsOf(db).replaceOne({ _id: id }, { name, search }, { upsert: true }),
      );
    },
    async removeView(id) {
      await mongo.call("remove a saved filter", (db) => viewsOf(db).deleteOne({ _id: id }), { retries: 1 });
    },
  };
}

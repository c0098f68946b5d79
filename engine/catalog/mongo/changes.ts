import { type ClientSession, type Db, type Document, Long } from "mongodb";
import { type Change, changeSchema, type FieldChange } from "../../../shared/contract/history.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { BY_HAND, type By, type Catalog } from "../port.ts";
import { CHANGES } from "./shape.ts";

/** What became of the products: a document a change, written in the transaction of the change itself. */

/** A change by the number that it took of the counter of changes. */
type ChangeDocument = Document & { _id: Long };

export const changesOf = (db: Db) => db.collection<ChangeDocument>(CHANGES);

export interface NewChange {
  id: number;
  sku: string;
  kind: Change["kind"];
  fields: readonly FieldChange[];
  by: By | undefined;
}

export async function insertChanges(db: Db, session: ClientSession, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  const time = new Date();
  await changesOf(db).insertMany(
    changes.map(({ id, sku, kind, fields, by = BY_HAND }) => ({
      ...{ _id: Long.fromNumber(id), sku, time, kind, source: by.source },
      ...(by.job === undefined ? {} : { job: by.job }),
      fields: JSON.stringify(fields),
    })),
    { session },
  );
}

export function parseChange({ _id, time, job, fields, ...rest }: Document): Change {
  return changeSchema.parse({
    ...{ ...rest, id: Number(_id), job: job ?? null, fields: JSON.parse(String(fields)) },
    time: time instanceof Date ? time.toISOString() : time,
  });
}

export function createHistory(mongo: MongoConnection): Pick<Catalog, "changes" | "change"> {
  return {
    changes: ({ sku, job, before, limit }) =>
      mongo.call(
        "read the history",
        async (db) => {
          const filter = {
            ...(sku === undefined ? {} : { sku }),
            ...(job === undefined ? {} : { job }),
            ...(before === undefined ? {} : { _id: { $lt: Long.fromNumber(before) } }),
          };
          return (await changesOf(db).find(filter).sort({ _id: -1 }).limit(limit).toArray()).map(parseChange);
        },
        { retries: 1 },
      ),
    change: (id) =>
      mongo.call(
        "read the history",
        async (db) => {
          const found = await changesOf(db).findOne({ _id: Long.fromNumber(id) });
          return found === null ? null : parseChange(found);
        },
        { retries: 1 },
      ),
  };
}

export async function pruneChanges(mongo: MongoConnection, before: string): Promise<void> {
  await mongo.call("forget old history", (db) => changesOf(db).deleteMany({ time: { $lt: new Date(before) } }), {
    retries: 1,
  });
}

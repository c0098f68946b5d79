import { type Db, type Document, Int32 } from "mongodb";
import { floorTo, HOUR, type Range } from "../analysis/steps.ts";

/**
 * Sums by hours, kept in a collection: a document an hour, with the number of writes that touched the hour (`version`)
 * and the number that the sum was made at (`summed`). A sum is made when it is asked for and not of this version any
 * more, so writers never count and cannot count twice.
 */
export interface HourDocument extends Document {
  _id: Date;
  version: number;
  summed?: number;
}

/** Sums made at once, each by a question of its own. */
const TOGETHER = 8;

export const hoursOf = (times: readonly number[]): Date[] =>
  [...new Set(times.map((time) => floorTo(time, HOUR)))].map((hour) => new Date(hour));

/** Says that something was written that belongs to these hours. */
export async function touchHours(db: Db, name: string, hours: readonly Date[]): Promise<void> {
  if (hours.length === 0) return;
  await db.collection<HourDocument>(name).bulkWrite(
    hours.map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { version: new Int32(1) } }, upsert: true } })),
    { ordered: false },
  );
}

/** Hours that the range touches. */
export const hoursIn = ({ from, to }: Range) => ({ $gt: new Date(from - HOUR), $lt: new Date(to) });

/** Makes the sums of the range's hours that are missing or behind. @param sum the hour's fields */
export async function refreshHours(
  db: Db,
  name: string,
  range: Range,
  sum: (db: Db, hour: Range) => Promise<Document>,
): Promise<void> {
  const hours = db.collection<HourDocument>(name);
  const stale = await hours
    .find({ _id: hoursIn(range), $expr: { $ne: ["$version", "$summed"] } }, { projection: { version: 1 } })
    .toArray();
  for (let at = 0; at < stale.length; at += TOGETHER) {
    await Promise.all(
      stale.slice(at, at + TOGETHER).map(async ({ _id, version }) => {
        const from = _id.getTime();
        const fields = await sum(db, { from, to: from + HOUR });
        await hours.updateOne({ _id }, { $set: { ...fields, summed: version } });
      }),
    );
  }
}

/**
 * Enters the hours of a collection that was written to by a version without sums; one that was entered before keeps its
 * sum. @param time the collection's date field, indexed
 */
export async function enterHours(db: Db, name: string, collection: string, time: string): Promise<void> {
  let after = new Date(0);
  for (;;) {
    const [next] = await db
      .collection(collection)
      .find({ [time]: { $gte: after } }, { projection: { [time]: 1 } })
      .sort({ [time]: 1 })
      .limit(1)
      .toArray();
    if (!(next?.[time] instanceof Date)) return;
    const hour = floorTo(next[time].getTime(), HOUR);
    const once = { $setOnInsert: { version: 1 } };
    await db.collection<HourDocument>(name).updateOne({ _id: new Date(hour) }, once, { upsert: true });
    after = new Date(hour + HOUR);
  }
}

/** Forgets hours that lie before `before`, and has the one in which it lies summed anew. */
export async function pruneHours(db: Db, name: string, before: Date): Promise<void> {
  const hours = db.collection<HourDocument>(name);
  await hours.deleteMany({ _id: { $lte: new Date(before.getTime() - HOUR) } });
  await hours.updateMany({ _id: { $lt: before } }, { $inc: { version: new Int32(1) } });
}

import type { Db, Document } from "mongodb";
import { z } from "zod";
import type { LineCell } from "../analysis/overview.ts";
import { HOUR, MINUTE, type Range } from "../analysis/steps.ts";
import { hoursIn, refreshHours } from "./hours.ts";
import { logOf } from "./lines.ts";
import { LOG_HOURS } from "./shape.ts";

/** Lines of an hour: by level and component, with the ids between which they lie, and the same by minutes. */

const hourSchema = z.object({
  _id: z.date(),
  cells: z.array(z.object({ l: z.number(), c: z.string(), n: z.number() })).default([]),
  minutes: z.array(z.object({ t: z.date(), l: z.number(), c: z.string(), n: z.number() })).default([]),
});

/** Lines of a range by steps of time. */
export async function countLines(db: Db, { from, to }: Range, step: number): Promise<LineCell[]> {
  const found = await groupLines(db, { from, to }, step);
  return found.map(({ _id, n }) => ({
    time: Number(_id.t),
    level: Number(_id.l),
    component: String(_id.c),
    count: Number(n),
  }));
}

function groupLines(db: Db, { from, to }: Range, step: number): Promise<Document[]> {
  const since = { $toLong: "$time" };
  const key = { t: { $subtract: [since, { $mod: [since, step] }] }, l: "$level", c: "$component" };
  return logOf(db)
    .aggregate([
      { $match: { time: { $gte: new Date(from), $lt: new Date(to) } } },
      { $group: { _id: key, n: { $sum: 1 }, first: { $min: "$_id" }, last: { $max: "$_id" } } },
    ])
    .toArray();
}

async function sumHour(db: Db, hour: Range): Promise<Document> {
  const minutes = await groupLines(db, hour, MINUTE);
  const cells = new Map<string, { l: number; c: string; n: number }>();
  let first: number | null = null;
  let last: number | null = null;
  for (const { _id, n, first: low, last: high } of minutes) {
    const key = `${_id.l} ${_id.c}`;
    const cell = cells.get(key) ?? { l: Number(_id.l), c: String(_id.c), n: 0 };
    cell.n += Number(n);
    cells.set(key, cell);
    first = Math.min(first ?? Number(low), Number(low));
    last = Math.max(last ?? Number(high), Number(high));
  }
  const parts = minutes.map(({ _id, n }) => ({ t: new Date(Number(_id.t)), l: _id.l, c: _id.c, n }));
  return {
    cells: [...cells.values()],
    minutes: parts,
    first,
    last,
    count: [...cells.values()].reduce((s, c) => s + c.n, 0),
  };
}

export const refreshLineHours = (db: Db, range: Range) => refreshHours(db, LOG_HOURS, range, sumHour);

const EVER: Range = { from: 0, to: Number.MAX_SAFE_INTEGER / 2 };

/** From the first hour with lines to behind the last one. */
export async function lineExtent(db: Db): Promise<Range | null> {
  const hours = db.collection<{ _id: Date }>(LOG_HOURS);
  const end = (direction: 1 | -1) =>
    hours
      .find({ count: { $ne: 0 } }, { projection: { _id: 1 } })
      .sort({ _id: direction })
      .limit(1)
      .next();
  const [first, last] = await Promise.all([end(1), end(-1)]);
  if (first === null || last === null) return null;
  return { from: first._id.getTime(), to: last._id.getTime() + HOUR };
}

/** Kept sums of whole hours or minutes. */
export async function lineCells(db: Db, grain: "minute" | "hour", range: Range): Promise<LineCell[]> {
  await refreshLineHours(db, range);
  const projection = grain === "hour" ? { cells: 1 } : { minutes: 1 };
  const found = await db
    .collection<{ _id: Date }>(LOG_HOURS)
    .find({ _id: hoursIn(range) }, { projection })
    .toArray();
  const cells = found.flatMap((document): LineCell[] => {
    const { _id, cells: hours, minutes } = hourSchema.parse(document);
    if (grain === "hour")
      return hours.map(({ l, c, n }) => ({ time: _id.getTime(), level: l, component: c, count: n }));
    return minutes.map(({ t, l, c, n }) => ({ time: t.getTime(), level: l, component: c, count: n }));
  });
  return cells.filter(({ time }) => time >= range.from && time < range.to);
}

/** Between which ids the lines of a time lie: they grow with time, but for lines that arrived late. */
export async function idBounds(db: Db, since: number | null, until: number | null) {
  const range = { from: since ?? EVER.from, to: until === null ? EVER.to : until + 1 };
  const within = { from: range.from, to: Math.min(range.to, 8.64e15 - 1) };
  await refreshLineHours(db, within);
  const [row] = await db
    .collection<{ _id: Date }>(LOG_HOURS)
    .aggregate([
      { $match: { _id: hoursIn(within), count: { $gt: 0 } } },
      { $group: { _id: null, first: { $min: "$first" }, last: { $max: "$last" } } },
    ])
    .toArray();
  return row === undefined ? null : { first: Number(row.first), last: Number(row.last) };
}

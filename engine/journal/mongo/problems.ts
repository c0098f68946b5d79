import { type Db, type Document, Long } from "mongodb";
import {
  type Problem,
  type ProblemQuery,
  type ProblemState,
  problemStateSchema,
} from "../../../shared/contract/journal.ts";
import { STATE } from "../../lib/mongo/shape.ts";
import { problemOf } from "../analysis/problem.ts";
import { levelRank } from "../line.ts";
import type { ProblemMark } from "../port.ts";
import { logOf, toLineEntry } from "./lines.ts";
import { MARKS } from "./shape.ts";

interface MarkDocument extends Document {
  _id: string;
  state: string;
  time: Date;
  note: string | null;
}

const SOME = { problem: { $gt: "" } };

/** Problems with lines in the time asked about, those seen last first. @param extent the journal's own time */
export async function listProblems(
  db: Db,
  query: ProblemQuery,
  points: number,
  extent: { from: number; to: number },
): Promise<Problem[]> {
  const from = query.since === undefined ? extent.from : Date.parse(query.since);
  const to = query.until === undefined ? extent.to : Date.parse(query.until);
  const step = Math.max(1, (to - from + 1) / points);
  const groups = (await groupsOf(db, { from, to, step, points }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.last - a.last || (a.fingerprint < b.fingerprint ? -1 : 1))
    .slice(0, MOST);
  const [samples, marks] = await Promise.all([
    logOf(db)
      .find({ _id: { $in: groups.map(({ newest }) => newest) } })
      .toArray(),
    marksOf(db).find({}).toArray(),
  ]);
  const byId = new Map(samples.map((sample) => [String(sample._id), sample]));
  const marked = new Map(marks.map((mark) => [mark._id, mark]));
  const problems = groups.flatMap((group): Problem[] => {
    const document = byId.get(String(group.newest));
    if (document === undefined) return [];
    const sample = toLineEntry(document);
    const name = problemOf(sample);
    if (levelRank(sample.level) < levelRank(query.level)) return [];
    if (query.component !== undefined && sample.component !== query.component) return [];
    const mark = marked.get(group.fingerprint);
    const state = problemStateSchema.safeParse(mark?.state);
    return [
      {
        fingerprint: group.fingerprint,
        ...{ level: sample.level, component: sample.component },
        ...{ code: name?.code ?? null, title: name?.title ?? sample.message, count: group.count },
        ...{ first: new Date(group.first).toISOString(), last: new Date(group.last).toISOString() },
        trend: group.trend,
        sample,
        mark:
          mark === undefined || !state.success
            ? null
            : { state: state.data, time: mark.time.toISOString(), note: mark.note },
        returned: mark?.state === "resolved" && group.last > mark.time.getTime(),
      },
    ];
  });
  return problems.slice(0, query.limit);
}

interface Group {
  fingerprint: string;
  /** In the time asked about. */
  count: number;
  trend: number[];
  /** Ever, milliseconds since the epoch. */
  first: number;
  last: number;
  newest: Long;
}

/** Problems with their lines in parts of the time, from the index alone. */
async function groupsOf(
  db: Db,
  { from, to, step, points }: { from: number; to: number; step: number; points: number },
): Promise<Group[]> {
  const within = { $and: [{ $gte: ["$time", new Date(from)] }, { $lte: ["$time", new Date(to)] }] };
  const part = { $floor: { $divide: [{ $subtract: ["$time", new Date(from)] }, step] } };
  const rows = await logOf(db)
    .aggregate(
      [
        { $match: SOME },
        {
          $group: {
            _id: { problem: "$problem", part: { $cond: [within, part, -1] } },
            ...{ count: { $sum: 1 }, newest: { $max: "$_id" } },
            ...{ first: { $min: "$time" }, last: { $max: "$time" } },
          },
        },
      ],
      { hint: "problem", promoteLongs: false },
    )
    .toArray();
  const groups = new Map<string, Group>();
  for (const { _id, count, first, last, newest } of rows) {
    if (!(first instanceof Date) || !(last instanceof Date)) continue;
    const fingerprint = String(_id.problem);
    const fresh = { fingerprint, count: 0, trend: Array.from({ length: points }, () => 0) };
    const group = groups.get(fingerprint) ?? { ...fresh, first: Number.POSITIVE_INFINITY, last: 0, newest };
    group.first = Math.min(group.first, first.getTime());
    group.last = Math.max(group.last, last.getTime());
    if (Number(newest) > Number(group.newest)) group.newest = newest;
    const at = Number(_id.part);
    if (at >= 0) {
      group.count += Number(count);
      group.trend[Math.min(points - 1, at)] = Number(count) + (group.trend[Math.min(points - 1, at)] ?? 0);
    }
    groups.set(fingerprint, group);
  }
  return [...groups.values()];
}

/** Problems that are read further; those seen last. */
const MOST = 2_000;

/** Runs that a problem came up in, newest first. */
export async function runsOfProblem(db: Db, fingerprint: string): Promise<{ runId: string; time: string }[]> {
  const rows = await logOf(db)
    .aggregate([
      { $match: { problem: fingerprint, runId: { $gt: "" } } },
      { $sort: { _id: -1 } },
      { $limit: 5_000 },
      { $group: { _id: "$runId", time: { $max: "$time" } } },
      { $sort: { time: -1 } },
      { $limit: 100 },
    ])
    .toArray();
  return rows.flatMap(({ _id, time }) =>
    time instanceof Date ? [{ runId: String(_id), time: time.toISOString() }] : [],
  );
}

const marksOf = (db: Db) => db.collection<MarkDocument>(MARKS);

export async function allMarks(db: Db): Promise<ProblemMark[]> {
  const marks = await marksOf(db).find({}).sort({ _id: 1 }).toArray();
  return marks.flatMap(({ _id, state, note, time }): ProblemMark[] => {
    const known = problemStateSchema.safeParse(state);
    return known.success ? [{ fingerprint: _id, state: known.data, note, time: time.getTime() }] : [];
  });
}

export async function writeMark(
  db: Db,
  _id: string,
  state: ProblemState | null,
  note: string | null,
  time: number,
): Promise<void> {
  if (state === null) await marksOf(db).deleteOne({ _id });
  else await marksOf(db).updateOne({ _id }, { $set: { state, note, time: new Date(time) } }, { upsert: true });
}

/** Lines given their problem at once, of those that an older version wrote. */
const NAMED_AT_ONCE = 500;

/**
 * Gives warnings and errors of an older version their problem, from the newest on.
 * @param before id from which to look; @returns the next one, null where none is left
 */
export async function nameProblems(db: Db, before: number): Promise<number | null> {
  const lines = await logOf(db)
    .find({ level: { $in: [2, 3] }, _id: { $lt: Long.fromNumber(before) } }, { hint: "every_level" })
    .sort({ _id: -1 })
    .limit(NAMED_AT_ONCE)
    .toArray();
  const last = lines.at(-1);
  if (last === undefined) return null;
  const writes = lines
    .filter(({ problem }) => problem === undefined)
    .map((line) => {
      const problem = problemOf(toLineEntry(line))?.fingerprint ?? null;
      return { updateOne: { filter: { _id: line._id }, update: { $set: { problem } } } };
    });
  if (writes.length > 0) await logOf(db).bulkWrite(writes, { ordered: false });
  return Number(last._id);
}

/** Stands in the collection of states once every line has its problem. */
const NAMED = "journal's problems";
const statesOf = (db: Db) => db.collection<{ _id: string; version: number }>(STATE);

export const isNamed = async (db: Db): Promise<boolean> => (await statesOf(db).findOne({ _id: NAMED })) !== null;

export async function noteNamed(db: Db): Promise<void> {
  await statesOf(db).updateOne({ _id: NAMED }, { $set: { version: 1 } }, { upsert: true });
}

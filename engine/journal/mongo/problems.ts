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
  const within = { $and: [{ $gte: ["$time", new Date(from)] }, { $lte: ["$time", new Date(to)] }] };
  const step = Math.max(1, (to - from + 1) / points);
  const groups = await logOf(db)
    .aggregate([
      { $match: SOME },
      {
        $group: {
          _id: "$problem",
          count: { $sum: { $cond: [within, 1, 0] } },
          ...{ first: { $min: "$time" }, last: { $max: "$time" }, newest: { $max: "$_id" } },
        },
      },
      { $match: { count: { $gt: 0 } } },
      { $sort: { last: -1, _id: 1 } },
      { $limit: 2_000 },
    ])
    .toArray();
  const [samples, marks, trends] = await Promise.all([
    logOf(db)
      .find({ _id: { $in: groups.map(({ newest }) => newest) } })
      .toArray(),
    marksOf(db).find({}).toArray(),
    trendsOf(db, from, to, step, points),
  ]);
  const byId = new Map(samples.map((sample) => [String(sample._id), sample]));
  const marked = new Map(marks.map((mark) => [mark._id, mark]));
  const problems = groups.flatMap((group): Problem[] => {
    const document = byId.get(String(group.newest));
    if (document === undefined || !(group.first instanceof Date) || !(group.last instanceof Date)) return [];
    const sample = toLineEntry(document);
    const name = problemOf(sample);
    if (levelRank(sample.level) < levelRank(query.level)) return [];
    if (query.component !== undefined && sample.component !== query.component) return [];
    const mark = marked.get(String(group._id));
    const state = problemStateSchema.safeParse(mark?.state);
    return [
      {
        fingerprint: String(group._id),
        ...{ level: sample.level, component: sample.component },
        ...{ code: name?.code ?? null, title: name?.title ?? sample.message, count: Number(group.count) },
        ...{ first: group.first.toISOString(), last: group.last.toISOString() },
        trend: trends.get(String(group._id)) ?? Array.from({ length: points }, () => 0),
        sample,
        mark:
          mark === undefined || !state.success
            ? null
            : { state: state.data, time: mark.time.toISOString(), note: mark.note },
        returned: mark?.state === "resolved" && group.last > mark.time,
      },
    ];
  });
  return problems.slice(0, query.limit);
}

async function trendsOf(db: Db, from: number, to: number, step: number, points: number) {
  const part = { $floor: { $divide: [{ $subtract: ["$time", new Date(from)] }, step] } };
  const rows = await logOf(db)
    .aggregate(
      [
        { $match: { ...SOME, time: { $gte: new Date(from), $lte: new Date(to) } } },
        { $group: { _id: { problem: "$problem", part }, count: { $sum: 1 } } },
      ],
      { hint: "problem" },
    )
    .toArray();
  const trends = new Map<string, number[]>();
  for (const { _id, count } of rows) {
    const trend = trends.get(String(_id.problem)) ?? Array.from({ length: points }, () => 0);
    trend[Math.min(points - 1, Number(_id.part))] = Number(count);
    trends.set(String(_id.problem), trend);
  }
  return trends;
}

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

export async function writeMark(db: Db, _id: string, state: ProblemState | null, note: string | null): Promise<void> {
  if (state === null) await marksOf(db).deleteOne({ _id });
  else await marksOf(db).updateOne({ _id }, { $set: { state, note, time: new Date() } }, { upsert: true });
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

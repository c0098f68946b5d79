import type { Db, Document } from "mongodb";
import { z } from "zod";
import { verdictSchema } from "../../../shared/contract/match.ts";
import { type RunFacts, type RunHour, runHour } from "../analysis/run-figures.ts";
import { floorTo, type Range } from "../analysis/steps.ts";
import { hoursIn, refreshHours } from "./hours.ts";
import { RUN_HOURS, RUNS } from "./shape.ts";

const factsSchema = z.object({
  time: z.date(),
  verdict: verdictSchema.nullable(),
  run: z.object({
    result: z
      .object({ timings: z.record(z.string(), z.number()) })
      .nullable()
      .default(null),
  }),
});

/** What the charts need of the runs of a time; runs that can't be read are left out, as in lists. */
async function factsIn(db: Db, { from, to }: Range): Promise<(RunFacts & { time: number })[]> {
  const found = await db
    .collection(RUNS)
    .find(
      { time: { $gte: new Date(from), $lt: new Date(to) } },
      { projection: { time: 1, verdict: 1, "run.result.timings": 1 } },
    )
    .toArray();
  return found.flatMap((document) => {
    const parsed = factsSchema.safeParse(document);
    if (!parsed.success) return [];
    const { time, verdict, run } = parsed.data;
    return [{ time: time.getTime(), verdict, timings: run.result?.timings ?? null }];
  });
}

// As text: names of stages are keys in it.
const sumHour = async (db: Db, hour: Range): Promise<Document> => ({
  sum: JSON.stringify(runHour(await factsIn(db, hour))),
});

export const refreshRunHours = (db: Db, range: Range) => refreshHours(db, RUN_HOURS, range, sumHour);

/** As the SQLite adapter's: kept sums of hours, or counted by a narrower step. */
export async function runSums(db: Db, range: Range, step: number | null): Promise<{ time: number; sum: RunHour }[]> {
  if (step !== null) {
    const facts = await factsIn(db, { from: floorTo(range.from, step), to: range.to });
    const steps = Map.groupBy(facts, ({ time }) => floorTo(time, step));
    return [...steps].map(([time, runs]) => ({ time, sum: runHour(runs) }));
  }
  await refreshRunHours(db, range);
  const hours = await db
    .collection<{ _id: Date }>(RUN_HOURS)
    .find({ _id: hoursIn(range) })
    .toArray();
  return hours.flatMap(({ _id, ...rest }) => {
    const sum = "sum" in rest && typeof rest.sum === "string" ? (JSON.parse(rest.sum) as RunHour) : null;
    return sum === null ? [] : [{ time: _id.getTime(), sum }];
  });
}

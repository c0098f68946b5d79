import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { verdictSchema } from "../../../shared/contract/match.ts";
import { type RunFacts, type RunHour, runHour } from "../analysis/run-figures.ts";
import { floorTo, HOUR, type Range } from "../analysis/steps.ts";

const bodySchema = z.object({
  verdict: verdictSchema.nullable(),
  timings: z.record(z.string(), z.number()).nullable(),
});

/** What the charts need of the runs of a time; runs that can't be read are left out, as in lists. */
function* factsIn(db: DatabaseSync, from: number, to: number): Generator<RunFacts & { time: number }> {
  const rows = db
    .prepare(
      `SELECT time, verdict, json_extract(body, '$.result.timings') AS timings FROM journal.runs
       WHERE time >= ? AND time < ? AND json_valid(body)`,
    )
    .iterate(from, to);
  for (const { time, verdict, timings } of rows) {
    const parsed = bodySchema.safeParse({
      verdict,
      timings: typeof timings === "string" ? JSON.parse(timings) : null,
    });
    if (parsed.success) yield { ...parsed.data, time: Number(time) };
  }
}

/**
 * Runs summed by hours, kept and made anew where a run of the hour was written since; or by a narrower step, counted.
 * @param step milliseconds; null for hours
 */
export function runSums(db: DatabaseSync, range: Range, step: number | null): { time: number; sum: RunHour }[] {
  if (step !== null) {
    const facts = new Map<number, RunFacts[]>();
    for (const fact of factsIn(db, floorTo(range.from, step), range.to)) {
      const time = floorTo(fact.time, step);
      facts.set(time, [...(facts.get(time) ?? []), fact]);
    }
    return [...facts].map(([time, runs]) => ({ time, sum: runHour(runs) }));
  }
  const hours = db
    .prepare(
      `SELECT h.hour, h.version, s.version AS summed, s.sum FROM journal.run_hours h
       LEFT JOIN run_sums s ON s.hour = h.hour WHERE h.hour > ? AND h.hour < ? ORDER BY h.hour`,
    )
    .all(range.from - HOUR, range.to);
  return hours.map(({ hour, version, summed, sum }) => {
    const time = Number(hour);
    if (summed === version) return { time, sum: JSON.parse(String(sum)) as RunHour };
    return { time, sum: sumHour(db, time, Number(version)) };
  });
}

function sumHour(db: DatabaseSync, hour: number, version: number): RunHour {
  const sum = runHour(factsIn(db, hour, hour + HOUR));
  db.prepare("INSERT OR REPLACE INTO run_sums VALUES (?, ?, ?)").run(hour, version, JSON.stringify(sum));
  return sum;
}

/** Hours summed at once: some 20 ms. */
const AT_ONCE = 8;

/** Sums the runs of some hours before `before` (ms) that are not summed. @returns how many hours */
export function sumHours(db: DatabaseSync, before: number): number {
  const stale = db
    .prepare(
      `SELECT h.hour, h.version FROM journal.run_hours h LEFT JOIN run_sums s ON s.hour = h.hour
       WHERE h.hour < ? AND s.version IS NOT h.version ORDER BY h.hour DESC LIMIT ?`,
    )
    .all(before, AT_ONCE);
  for (const { hour, version } of stale) sumHour(db, Number(hour), Number(version));
  return stale.length;
}

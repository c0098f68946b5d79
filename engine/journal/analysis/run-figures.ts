import type { JournalFigures, Run } from "../../../shared/contract/journal.ts";
import { HOUR, type Range, stepFor, stepsIn } from "./steps.ts";

/** Durations in bins that grow by 5 %: a percentile from them is off by 2.5 % at most, and sums of hours are kept. */
const GROWTH = Math.log(1.05);

/** Bin of a duration in milliseconds, from 0.01 on. */
const binOf = (ms: number): number => Math.round(Math.log(Math.max(0.01, ms)) / GROWTH);
const msOf = (bin: number): number => Math.exp(bin * GROWTH);

type Bins = Record<string, number>;

/** What one hour's runs came to. */
export interface RunHour {
  verdicts: { match: number; similar: number; none: number; failed: number };
  /** Stage to bin to how many runs. */
  stages: Record<string, Bins>;
}

const emptyHour = (): RunHour => ({ verdicts: { match: 0, similar: 0, none: 0, failed: 0 }, stages: {} });

/** What an hour's sum is made of. */
export type RunFacts = Pick<Run, "verdict"> & { timings: Record<string, number> | null };

export function addRun(hour: RunHour, { verdict, timings }: RunFacts): void {
  hour.verdicts[verdict ?? "failed"] += 1;
  for (const [stage, ms] of Object.entries(timings ?? {})) {
    if (!Number.isFinite(ms)) continue;
    const bins = Object.hasOwn(hour.stages, stage) ? hour.stages[stage] : undefined;
    const into = bins ?? {};
    hour.stages[stage] = into;
    const bin = String(binOf(ms));
    into[bin] = (into[bin] ?? 0) + 1;
  }
}

/** Runs of one hour, summed. */
export function runHour(runs: Iterable<RunFacts>): RunHour {
  const hour = emptyHour();
  for (const run of runs) addRun(hour, run);
  return hour;
}

function add(to: RunHour, from: RunHour): void {
  for (const name of ["match", "similar", "none", "failed"] as const) to.verdicts[name] += from.verdicts[name];
  for (const [stage, bins] of Object.entries(from.stages)) {
    const into = to.stages[stage] ?? {};
    to.stages[stage] = into;
    for (const [bin, count] of Object.entries(bins)) into[bin] = (into[bin] ?? 0) + count;
  }
}

function percentilesOf(bins: Bins) {
  const sorted = Object.entries(bins)
    .map(([bin, count]) => [Number(bin), count] as const)
    .sort((a, b) => a[0] - b[0]);
  const count = sorted.reduce((sum, [, n]) => sum + n, 0);
  const at = (share: number) => {
    let left = Math.max(1, Math.ceil(share * count));
    for (const [bin, n] of sorted) {
      left -= n;
      if (left <= 0) return msOf(bin);
    }
    return 0;
  };
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The step of the charts' time axis: whole hours, or less where runs are summed for it. */
export function figureSteps(range: Range, points: number): { stepMs: number; hourly: boolean } {
  const stepMs = stepFor(range, points);
  return { stepMs, hourly: stepMs % HOUR === 0 };
}

/**
 * Charts' figures.
 * @param sums runs summed by stretches no longer than a step, each with its beginning
 * @param problems warnings and errors by stretches no longer than a step
 */
export function figuresOf(
  range: Range,
  stepMs: number,
  sums: readonly { time: number; sum: RunHour }[],
  problems: readonly { time: number; level: number; count: number }[],
): JournalFigures {
  const times = stepsIn(range, stepMs);
  const first = times[0] ?? 0;
  const steps = times.map(emptyHour);
  const lines = times.map(() => ({ warn: 0, error: 0 }));
  const all = emptyHour();
  for (const { time, sum } of sums) {
    const step = steps[Math.floor((time - first) / stepMs)];
    if (step === undefined) continue;
    add(step, sum);
    add(all, sum);
  }
  for (const { time, level, count } of problems) {
    const step = lines[Math.floor((time - first) / stepMs)];
    if (step === undefined) continue;
    if (level === 2) step.warn += count;
    if (level === 3) step.error += count;
  }
  const stages = Object.entries(all.stages).map(([name, bins]) => ({
    name,
    ...percentilesOf(bins),
    series: steps.map((step) => {
      const own = step.stages[name];
      return own === undefined ? null : percentilesOf(own);
    }),
  }));
  stages.sort((a, b) => b.p50 - a.p50);
  return {
    stepMs,
    times: times.map((time) => new Date(time).toISOString()),
    verdicts: steps.map(({ verdicts }) => verdicts),
    problems: lines,
    stages,
  };
}

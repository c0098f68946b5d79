import { setImmediate as others } from "node:timers/promises";
import { type Statistic, seededRandom } from "./metrics.ts";

/**
 * Percentile bootstrap (Efron and Tibshirani, 1993, ch. 13) over whole groups: a product's queries stand or fall together.
 * Two sets of statistics over the same groups with the same seed see the same resamples: their differences are paired.
 */

const ROUNDS = 1_000;
/** Fewer rounds where there are very many cases: their intervals are narrow anyway, and others wait for the processor. */
const CASES_TIMES_ROUNDS = 4_000_000;
const LEAST_ROUNDS = 200;
/** How long, in ms, a match may wait for the processor. */
const BREATH_MS = 15;

export interface Resampling {
  /** The group of each case, 0 .. groups - 1. */
  groupOf: readonly number[];
  groups: number;
  seed: number;
  rounds?: number;
  signal?: AbortSignal | undefined;
}

/** @returns of each statistic its value in every round: float64 [rounds] */
export async function resample(
  statistics: readonly Statistic[],
  { groupOf, groups, seed, rounds = roundsFor(groupOf.length), signal }: Resampling,
): Promise<Float64Array[]> {
  const random = seededRandom(seed);
  const values = statistics.map(() => new Float64Array(rounds));
  const drawn = new Float64Array(groups);
  const weights = new Float64Array(groupOf.length);
  let breath = performance.now();
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let i = 0; i < groups; i++) {
      const group = Math.floor(random() * groups);
      drawn[group] = (drawn[group] as number) + 1;
    }
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[groupOf[i] as number] as number;
    for (const [index, statistic] of statistics.entries()) {
      const own = values[index];
      if (own !== undefined) own[round] = statistic(weights);
    }
    if (performance.now() - breath > BREATH_MS) {
      await others();
      signal?.throwIfAborted();
      breath = performance.now();
    }
  }
  return values;
}

export const roundsFor = (cases: number) =>
  Math.max(LEAST_ROUNDS, Math.min(ROUNDS, Math.floor(CASES_TIMES_ROUNDS / Math.max(1, cases))));

/** The middle 95 %; rounds without anything to measure count for nothing. Null where all are. */
export function interval95(values: Float64Array): [number, number] | null {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known.length === 0 ? null : [quantile(known, 0.025), quantile(known, 0.975)];
}

/** Between the two nearest values, by their distance (Hyndman and Fan, type 7: NumPy's and R's default). */
export function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

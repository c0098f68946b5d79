/** Measures of a matcher. Scores may be on any scale; higher means "more likely present". */

/**
 * Area under the ROC curve: the chance that a present product's score is above an absent one's, ties counting half
 * (Mann-Whitney U; Hanley and McNeil 1982).
 * @returns NaN where one side is empty
 */
export function auroc(present: readonly number[], absent: readonly number[]): number {
  if (present.length === 0 || absent.length === 0) return Number.NaN;
  const all = [
    ...present.map((score) => ({ score, present: true })),
    ...absent.map((score) => ({ score, present: false })),
  ];
  all.sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.score === all[start]?.score) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (all[i]?.present) rankSum += meanRank;
    start = end;
  }
  return (rankSum - (present.length * (present.length + 1)) / 2) / (present.length * absent.length);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A seeded generator of uniform numbers in [0, 1) (mulberry32): a run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Percentile bootstrap interval of a statistic, resampling whole groups (a product's queries stand or fall together).
 * @returns [2.5 %, 97.5 %] quantiles
 */
export function bootstrapInterval<T>(
  groups: readonly (readonly T[])[],
  statistic: (sample: readonly T[]) => number,
  random: () => number,
  rounds = 500,
): [number, number] {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const sample: T[] = [];
    for (let i = 0; i < groups.length; i++) sample.push(...(groups[Math.floor(random() * groups.length)] ?? []));
    const value = statistic(sample);
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const at = (q: number) => values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

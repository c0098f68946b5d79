/**
 * Measures of a matcher over weighted cases. Scores may be on any scale; higher means "more likely present". Weights are
 * how often a case was drawn (see `bootstrap.ts`); whatever depends on the order of scores is sorted once, so that a
 * thousand resamples cost a thousand passes.
 */

/** A measure of all cases, by how often each counts: float64 [cases]. NaN where it has nothing to measure. */
export type Statistic = (weights: Float64Array) => number;

export interface Scored {
  case: number;
  score: number;
}

/** The mean of values of some cases. */
export function weightedMean(values: readonly { case: number; value: number }[]): Statistic {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (const one of values) {
      const weight = weights[one.case] as number;
      sum += weight * one.value;
      total += weight;
    }
    return total === 0 ? Number.NaN : sum / total;
  };
}

/**
 * Area under the ROC curve: the chance that a present product's score is above an absent one's, ties counting half
 * (Mann-Whitney U; Hanley and McNeil 1982).
 */
export function weightedAuroc(present: readonly Scored[], absent: readonly Scored[]): Statistic {
  const all = [
    ...present.map((one) => ({ ...one, present: true })),
    ...absent.map((one) => ({ ...one, present: false })),
  ].sort((a, b) => a.score - b.score);
  return (weights) => {
    let area = 0;
    let presentTotal = 0;
    let absentBelow = 0;
    for (let start = 0; start < all.length; ) {
      const score = all[start]?.score;
      let presentHere = 0;
      let absentHere = 0;
      let end = start;
      for (let one = all[end]; one !== undefined && one.score === score; one = all[++end]) {
        const weight = weights[one.case] as number;
        if (one.present) presentHere += weight;
        else absentHere += weight;
      }
      area += presentHere * (absentBelow + absentHere / 2);
      presentTotal += presentHere;
      absentBelow += absentHere;
      start = end;
    }
    return presentTotal === 0 || absentBelow === 0 ? Number.NaN : area / (presentTotal * absentBelow);
  };
}

export interface Judged {
  case: number;
  /** Said probability of being right, 0..1. */
  confidence: number;
  right: boolean;
  /** What the answer counts for, beside how often its case was drawn. */
  share: number;
}

export const CALIBRATION_BINS = 10;
export const binOf = (confidence: number) =>
  Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.floor(confidence * CALIBRATION_BINS)));

/** Expected calibration error over ten equal bins (Naeini et al., 2015). */
export function weightedCalibrationError(answers: readonly Judged[]): Statistic {
  return (weights) => {
    const gaps = new Float64Array(CALIBRATION_BINS);
    let total = 0;
    for (const one of answers) {
      const weight = (weights[one.case] as number) * one.share;
      const bin = binOf(one.confidence);
      gaps[bin] = (gaps[bin] as number) + weight * ((one.right ? 1 : 0) - one.confidence);
      total += weight;
    }
    return total === 0 ? Number.NaN : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
  };
}

/** @returns NaN where one side is empty */
export function auroc(present: readonly number[], absent: readonly number[]): number {
  const scored = (scores: readonly number[]) => scores.map((score) => ({ case: 0, score }));
  return weightedAuroc(scored(present), scored(absent))(Float64Array.of(1));
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

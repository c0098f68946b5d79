import type { Figure } from "../../shared/contract/evaluation-report.ts";
import type { Verdict } from "../../shared/contract/match.ts";
import { interval95 } from "./bootstrap.ts";
import { type Judged, type Statistic, weightedAuroc, weightedCalibrationError, weightedMean } from "./metrics.ts";
import type { Ask, Trial } from "./trial.ts";

/** The figures of one system over trials: what to measure, how many queries stand behind it. */

export interface Measure {
  statistic: Statistic;
  n: number;
  /** The cases of a share: where all of them are alike, resampling them says nothing of how sure that is. */
  shareOf?: readonly number[];
}

export const FIGURES = ["recallAt1", "recallAt5", "recallAt10", "mrr", "auroc", "ece", "matchPrecision"] as const;
export type FigureName = (typeof FIGURES)[number];
const VERDICTS: readonly Verdict[] = ["match", "similar", "none"];

/**
 * Absent products count as one question in three, however many were asked: about as often a photo shows a thing that the
 * catalogue does not have. What mixes both kinds of question (precision, calibration) would else say more of the
 * evaluation than of the matcher.
 */
const ABSENT_SHARE = 1 / 3;

/** The answers of one system, by the case that they belong to. */
export interface Answers {
  present: (Ask & { case: number })[];
  absent: (Ask & { case: number })[];
  /** What an absent answer counts, beside a present one. */
  absentWeight: number;
}

export function answersOf(trials: readonly Trial[], system: string): Answers {
  const of = (side: "present" | "absent") =>
    trials.flatMap(({ systems }, index) => {
      const ask = systems[system]?.[side] ?? null;
      return ask === null ? [] : [{ ...ask, case: index }];
    });
  const present = of("present");
  const absent = of("absent");
  const odds = ABSENT_SHARE / (1 - ABSENT_SHARE);
  const absentWeight = present.length === 0 || absent.length === 0 ? 1 : (odds * present.length) / absent.length;
  return { present, absent, absentWeight };
}

export const isRight = (ask: Ask) => ask.rank === 1;

/** First candidates with what they said of themselves; empty where the system says no probabilities. */
export function judgedOf({ present, absent, absentWeight }: Answers): Judged[] {
  return [
    ...present.map((ask) => ({ case: ask.case, confidence: ask.confidence, right: isRight(ask), share: 1 })),
    ...absent.map((ask) => ({ case: ask.case, confidence: ask.confidence, right: false, share: absentWeight })),
  ];
}

function share(asks: Answers["present"], holds: (ask: Ask) => boolean): Measure {
  const values = asks.map((ask) => ({ case: ask.case, value: holds(ask) ? 1 : 0 }));
  return { statistic: weightedMean(values), n: values.length, shareOf: values.map((one) => one.case) };
}

const recallOf = (asks: Answers["present"], k: number) => share(asks, ({ rank }) => rank !== null && rank <= k);
export const verdictShare = (asks: Answers["present"], verdict: Verdict) =>
  share(
    asks.filter((ask) => ask.verdict !== null),
    (ask) => ask.verdict === verdict,
  );
export const recallAt1Of = (asks: Answers["present"]) => recallOf(asks, 1);

function matchPrecision({ present, absent, absentWeight }: Answers): Measure {
  const matched = [
    ...present.filter(({ verdict }) => verdict === "match").map((ask) => ({ ...ask, share: 1 })),
    ...absent.filter(({ verdict }) => verdict === "match").map((ask) => ({ ...ask, share: absentWeight })),
  ];
  const statistic: Statistic = (weights) => {
    let right = 0;
    let total = 0;
    for (const ask of matched) {
      const weight = (weights[ask.case] as number) * ask.share;
      if (isRight(ask)) right += weight;
      total += weight;
    }
    return total === 0 ? Number.NaN : right / total;
  };
  return { statistic, n: matched.length, shareOf: matched.map((ask) => ask.case) };
}

const NOTHING: Measure = { statistic: () => Number.NaN, n: 0 };

/** @param probabilities whether the system's scores are any: only then can they be right or wrong */
export function measuresOf(answers: Answers, probabilities: boolean): Record<FigureName, Measure> {
  const { present, absent } = answers;
  const scored = (asks: Answers["present"]) => asks.map((ask) => ({ case: ask.case, score: ask.presence }));
  const reciprocal = present.map(({ case: index, rank }) => ({ case: index, value: rank === null ? 0 : 1 / rank }));
  const judged = judgedOf(answers);
  return {
    recallAt1: recallOf(present, 1),
    recallAt5: recallOf(present, 5),
    recallAt10: recallOf(present, 10),
    // A rank of 1 every time is a share of 1.
    mrr: { statistic: weightedMean(reciprocal), n: present.length, shareOf: present.map((ask) => ask.case) },
    auroc: { statistic: weightedAuroc(scored(present), scored(absent)), n: present.length + absent.length },
    ece: probabilities ? { statistic: weightedCalibrationError(judged), n: judged.length } : NOTHING,
    matchPrecision: probabilities ? matchPrecision(answers) : NOTHING,
  };
}

export function verdictMeasures(asks: Answers["present"]): Record<Verdict, Measure> {
  const [match, similar, none] = VERDICTS.map((verdict) => verdictShare(asks, verdict));
  return { match: match ?? NOTHING, similar: similar ?? NOTHING, none: none ?? NOTHING };
}

export const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
const known = (value: number) => (Number.isNaN(value) ? null : rounded(value));

/**
 * The exact interval of a share that was all or nothing (Clopper and Pearson, 1934): what else could well have given it.
 * @param groups products behind it: their queries stand or fall together
 */
function exactBounds(value: number, groups: number): [number, number] {
  const bound = 0.025 ** (1 / groups);
  return value === 1 ? [bound, 1] : [0, 1 - bound];
}

/**
 * @param values of every resample
 * @param groups of a share, products behind it
 */
export function figureOf(
  value: number,
  values: Float64Array | undefined,
  { n, groups }: { n: number; groups: number | null },
): Figure {
  const resampled = values === undefined ? null : interval95(values);
  const exact = resampled !== null && groups !== null && groups > 0 && (value === 0 || value === 1);
  const between = exact ? exactBounds(value, groups) : resampled;
  return {
    value: known(value),
    interval: between === null ? null : [rounded(between[0]), rounded(between[1])],
    n,
  };
}

export { known as knownOrNull };

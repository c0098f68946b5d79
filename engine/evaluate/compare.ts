import type { EvaluationComparison } from "../../shared/contract/evaluation-report.ts";
import {
  type Answers,
  answersOf,
  isRight,
  knownOrNull,
  type Measure,
  measuresOf,
  recallAt1Of,
  verdictShare,
} from "./figures.ts";
import { partsOf, within } from "./report.ts";
import { createSheet } from "./sheet.ts";
import { SYSTEMS } from "./systems.ts";
import { groupsOf, type Trial } from "./trial.ts";

/** Two ways of answering on the queries that both were asked: every resample holds both, so the interval is of pairs. */

interface Side {
  trials: readonly Trial[];
  system: string;
}

/** The queries of both, with the answer of one as system `a`, of the other as `b`. */
function paired(a: Side, b: Side): Trial[] {
  const others = new Map(b.trials.map((trial) => [trial.key, trial]));
  return a.trials.flatMap((trial): Trial[] => {
    const [first, second] = [trial.systems[a.system], others.get(trial.key)?.systems[b.system]];
    return first === undefined || second === undefined ? [] : [{ ...trial, systems: { a: first, b: second } }];
  });
}

const isStage = (system: string) => SYSTEMS.some(({ id, kind }) => id === system && kind === "stage");

function comparable(
  answers: Answers,
  system: string,
): Record<EvaluationComparison["figures"][number]["figure"], Measure> {
  const { matchPrecision: _, ...measures } = measuresOf(answers, isStage(system));
  return {
    ...measures,
    noneOnPresent: verdictShare(answers.present, "none"),
    noneOnAbsent: verdictShare(answers.absent, "none"),
  };
}

const difference = (a: Measure, b: Measure): Measure => ({
  statistic: (weights) => b.statistic(weights) - a.statistic(weights),
  n: Math.min(a.n, b.n),
});

type Compared = Omit<EvaluationComparison, "a" | "b">;

/** @param seed of the bootstrap */
export async function compareSides(a: Side, b: Side, seed: number, signal?: AbortSignal): Promise<Compared> {
  const trials = paired(a, b);
  const [answersA, answersB] = [answersOf(trials, "a"), answersOf(trials, "b")];
  const once = new Float64Array(trials.length).fill(1);
  const sheet = createSheet();
  const row = (measureA: Measure, measureB: Measure) => {
    const between = sheet.add(difference(measureA, measureB));
    return () => ({
      a: knownOrNull(measureA.statistic(once)),
      b: knownOrNull(measureB.statistic(once)),
      difference: between(),
    });
  };
  const [ofA, ofB] = [comparable(answersA, a.system), comparable(answersB, b.system)];
  const names = Object.keys(ofA) as (keyof typeof ofA)[];
  const figures = names.map((figure) => ({ figure, value: row(ofA[figure], ofB[figure]) }));
  const slices = partsOf(trials).flatMap(({ by, name, cases }) =>
    by === "severity"
      ? []
      : [
          {
            by,
            name,
            value: row(recallAt1Of(within(answersA, cases).present), recallAt1Of(within(answersB, cases).present)),
          },
        ],
  );
  await sheet.measure({ ...groupsOf(trials), seed, signal });
  const flips = (better: "a" | "b", worse: "a" | "b") =>
    trials.filter(({ systems }) => {
      const [right, wrong] = [systems[better]?.present, systems[worse]?.present];
      return right != null && wrong != null && isRight(right) && !isRight(wrong);
    }).length;
  return {
    queries: trials.length,
    left: new Set([...a.trials, ...b.trials].map(({ key }) => key)).size - trials.length,
    figures: figures.map(({ figure, value }) => ({ figure, ...value() })),
    slices: slices.map(({ by, name, value }) => ({ by, name, ...value() })),
    gained: flips("b", "a"),
    lost: flips("a", "b"),
  };
}

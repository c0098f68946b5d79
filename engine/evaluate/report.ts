import type { Figure, Slice, SystemReport } from "../../shared/contract/evaluation-report.ts";
import { curvesOf } from "./curves.ts";
import {
  type Answers,
  answersOf,
  FIGURES,
  type FigureName,
  measuresOf,
  recallAt1Of,
  verdictMeasures,
  verdictShare,
} from "./figures.ts";
import { createSheet, type Sheet } from "./sheet.ts";
import { SYSTEMS, type System } from "./systems.ts";
import { SEVERITIES } from "./transformations.ts";
import { groupsOf, type Trial } from "./trial.ts";

/** Categories that are listed; of more, the ones with most queries. */
const CATEGORIES = 100;

interface Part {
  by: Slice["by"];
  name: string;
  severity: Slice["severity"];
  cases: ReadonlySet<number>;
}

/** What a report breaks its figures down by. */
export function partsOf(trials: readonly Trial[]): Part[] {
  const part = (by: Part["by"], name: string, severity: Part["severity"], holds: (trial: Trial) => boolean): Part => ({
    ...{ by, name, severity },
    cases: new Set(trials.flatMap((trial, index) => (holds(trial) ? [index] : []))),
  });
  const categories = [...Map.groupBy(trials, ({ category }) => category)]
    .filter(([name]) => name !== "")
    .sort(([nameA, a], [nameB, b]) => b.length - a.length || nameA.localeCompare(nameB))
    .slice(0, CATEGORIES);
  const transformations = [...new Set(trials.flatMap(({ transformation }) => transformation ?? []))];
  return [
    ...categories.map(([name]) => part("category", name, null, (trial) => trial.category === name)),
    ...transformations.flatMap((name) => [
      part("transformation", name, null, (trial) => trial.transformation === name),
      ...SEVERITIES.map((severity) =>
        part("severity", name, severity, (trial) => trial.transformation === name && trial.severity === severity),
      ),
    ]),
  ].filter(({ cases }) => cases.size > 0);
}

export function within({ present, absent, absentWeight }: Answers, cases: ReadonlySet<number>): Answers {
  const inside = (asks: Answers["present"]) => asks.filter((ask) => cases.has(ask.case));
  return { present: inside(present), absent: inside(absent), absentWeight };
}

type Deferred<T> = { [K in keyof T]: () => T[K] };
const settled = <T extends object>(deferred: Deferred<T>): T =>
  Object.fromEntries(Object.entries(deferred).map(([name, value]) => [name, (value as () => unknown)()])) as T;

/** Notes what to measure of a system. @returns its report, once the sheet was measured */
function systemReport(
  system: System,
  trials: readonly Trial[],
  parts: readonly Part[],
  sheet: Sheet,
): () => SystemReport {
  const answers = answersOf(trials, system.id);
  const probabilities = system.kind === "stage";
  const measures = measuresOf(answers, probabilities);
  const figures = Object.fromEntries(FIGURES.map((name) => [name, sheet.add(measures[name])])) as Record<
    FigureName,
    () => Figure
  >;
  const verdicts = (asks: Answers["present"]) => {
    const { match, similar, none } = verdictMeasures(asks);
    return { match: sheet.add(match), similar: sheet.add(similar), none: sheet.add(none) };
  };
  const [present, absent] = [verdicts(answers.present), verdicts(answers.absent)];
  const slices = parts.map(({ by, name, severity, cases }) => {
    const own = within(answers, cases);
    return {
      ...{ by, name, severity },
      figures: {
        recallAt1: sheet.add(recallAt1Of(own.present)),
        noneOnPresent: sheet.add(verdictShare(own.present, "none")),
        noneOnAbsent: sheet.add(verdictShare(own.absent, "none")),
      },
    };
  });
  return () => ({
    ...system,
    ...settled<Record<FigureName, Figure>>(figures),
    verdicts: probabilities ? { present: settled(present), absent: settled(absent) } : null,
    curves: curvesOf(answers, probabilities),
    slices: slices.map(({ figures: own, ...slice }) => ({ ...slice, ...settled(own) })),
  });
}

/**
 * The figures of every system that was asked, with intervals from one set of resamples.
 * @param seed of the bootstrap: the same trials give the same intervals
 */
export async function systemReports(
  trials: readonly Trial[],
  seed: number,
  signal?: AbortSignal,
): Promise<SystemReport[]> {
  const asked = new Set(trials.flatMap(({ systems }) => Object.keys(systems)));
  const parts = partsOf(trials);
  const sheet = createSheet();
  const reports = SYSTEMS.filter(({ id }) => asked.has(id)).map((system) => systemReport(system, trials, parts, sheet));
  await sheet.measure({ ...groupsOf(trials), seed, signal });
  return reports.map((report) => report());
}

import type { EvaluationSetting, Figure, SystemReport } from "../contract/evaluation-report.ts";

/** How an evaluation reads, the same on its page, in its file and on the command line. */

const STAGES = {
  visual: "looks alone",
  verified: "details compared",
  refined: "the whole answer",
  described: "with a description",
} as const;

/** @param several whether two settings are told apart */
export function systemName(
  { id, setting, stage }: Pick<SystemReport, "id" | "setting" | "stage">,
  several: boolean,
): string {
  if (id === "plain") return "Plain encoder, one view";
  if (id === "b.plain") return "Second setting: plain encoder, one view";
  if (id === "phash") return "pHash";
  if (stage === null) return id;
  const name = STAGES[stage];
  return several
    ? `${setting === "b" ? "Second setting" : "First setting"}: ${name}`
    : `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

interface FigureWords {
  name: string;
  means: string;
  /** Whether less is better. */
  less: boolean;
}

export const FIGURE_WORDS = {
  recallAt1: { name: "Found first", means: "Recall at 1: the right product came first.", less: false },
  recallAt5: { name: "Among the first 5", means: "Recall at 5.", less: false },
  recallAt10: { name: "Among the first 10", means: "Recall at 10.", less: false },
  mrr: { name: "Mean reciprocal rank", means: "One over the place of the right product, on average.", less: false },
  auroc: {
    name: "Here or not (AUROC)",
    means: "How often a product that is here is surer than one that is not. 0.5 is guessing.",
    less: false,
  },
  ece: {
    name: "Calibration error (ECE)",
    means: "How far the said confidence is from how often it is right, on average.",
    less: true,
  },
  matchPrecision: {
    name: "“Match” was right",
    means: "Of the answers that were called a match, those that named the right product.",
    less: false,
  },
  noneOnPresent: {
    name: "Wrongly “not in the catalogue”",
    means: "Of photos of products that are here.",
    less: true,
  },
  noneOnAbsent: {
    name: "Rightly “not in the catalogue”",
    means: "Of photos of things that are not here.",
    less: false,
  },
} as const satisfies Record<string, FigureWords>;

export const formatValue = (value: number | null) => (value === null ? "–" : value.toFixed(3));

export function formatInterval({ interval }: Pick<Figure, "interval">): string {
  if (interval === null) return "";
  const [low, high] = interval.map((value) => value.toFixed(3).replace("-", "−"));
  return interval[0] < 0 ? `${low} to ${high}` : `${low}–${high}`;
}

/** A difference with its sign; a true minus, so that columns line up. */
export function formatDifference(value: number | null): string {
  if (value === null) return "–";
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(3)}`;
}

/** Whether the interval leaves no doubt which is better: not where it holds 0. */
export const isSure = ({ interval }: Pick<Figure, "interval">) =>
  interval !== null && (interval[0] > 0 || interval[1] < 0);

/** "details not compared, precision 0.99"; "as the app is set" where nothing is otherwise. */
export function settingWords({
  verify,
  readText,
  precision,
  absentRate,
  describe,
  encoder,
}: EvaluationSetting): string {
  const parts = [
    encoder === undefined ? null : `encoder ${encoder}`,
    verify === undefined ? null : verify ? "details compared" : "details not compared",
    readText === undefined ? null : readText ? "package text read" : "package text not read",
    precision === undefined ? null : `precision ${precision}`,
    absentRate === undefined ? null : `“none” on at most ${absentRate}`,
    describe === true ? "described by a model" : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "as the app is set" : parts.join(", ");
}

import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import type { Figure } from "../../../shared/contract/evaluation-report.ts";
import { msg, t } from "../lib/i18n/i18n.ts";

/** How evaluations read on their page; what they share with their file is in `shared/evaluation/words.ts`. */

const SOURCES = { made: msg("Made of the catalogue"), folder: msg("Photos"), feedback: msg("Judged photos") } as const;

export function runTitle({ name, source }: Pick<EvaluationSummary, "name" | "source">): string {
  if (name !== "") return name;
  return source.kind === "folder" ? `${t(SOURCES.folder)}: ${source.name}` : t(SOURCES[source.kind]);
}

/** A share with one decimal: an evaluation may well say 100 %. */
export function percent(value: number | null): string {
  return value === null ? "–" : `${(value * 100).toFixed(1)} %`;
}

/** "91.2–96.0 %" */
export function percentInterval({ interval }: Pick<Figure, "interval">): string {
  return interval === null ? "" : `${(interval[0] * 100).toFixed(1)}–${(interval[1] * 100).toFixed(1)} %`;
}

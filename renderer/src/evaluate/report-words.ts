import type { EvaluationSetting, SystemReport } from "../../../shared/contract/evaluation-report.ts";
import type { FIGURE_WORDS } from "../../../shared/evaluation/words.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** The words of `shared/evaluation/words.ts` in the language of the pages; the files that it writes stay English. */

type FigureName = keyof typeof FIGURE_WORDS;

const FIGURES: Record<FigureName, { name: Message; means: Message }> = {
  recallAt1: { name: msg("Found first"), means: msg("Recall at 1: the right product came first.") },
  recallAt5: { name: msg("Among the first 5"), means: msg("Recall at 5.") },
  recallAt10: { name: msg("Among the first 10"), means: msg("Recall at 10.") },
  mrr: { name: msg("Mean reciprocal rank"), means: msg("One over the place of the right product, on average.") },
  auroc: {
    name: msg("Here or not (AUROC)"),
    means: msg("How often a product that is here is surer than one that is not. 0.5 is guessing."),
  },
  ece: {
    name: msg("Calibration error (ECE)"),
    means: msg("How far the said confidence is from how often it is right, on average."),
  },
  matchPrecision: {
    name: msg("“Match” was right"),
    means: msg("Of the answers that were called a match, those that named the right product."),
  },
  noneOnPresent: { name: msg("Wrongly “not in the catalogue”"), means: msg("Of photos of products that are here.") },
  noneOnAbsent: { name: msg("Rightly “not in the catalogue”"), means: msg("Of photos of things that are not here.") },
};

export const figureName = (figure: FigureName): string => t(FIGURES[figure].name);
export const figureMeaning = (figure: FigureName): string => t(FIGURES[figure].means);

const STAGES: Record<NonNullable<SystemReport["stage"]>, Message> = {
  visual: msg("Looks alone"),
  verified: msg("Details compared"),
  refined: msg("The whole answer"),
  described: msg("With a description"),
};

/** @param several whether two settings are told apart */
export function systemText(
  { id, setting, stage }: Pick<SystemReport, "id" | "setting" | "stage">,
  several: boolean,
): string {
  if (id === "plain") return t("Plain encoder, one view");
  if (id === "b.plain") return t("Second setting: {name}", { name: t("Plain encoder, one view") });
  if (id === "phash") return "pHash";
  if (stage === null) return id;
  const name = t(STAGES[stage]);
  if (!several) return name;
  return setting === "b" ? t("Second setting: {name}", { name }) : t("First setting: {name}", { name });
}

/** "details not compared, precision 0.99"; "as the app is set" where nothing is otherwise. */
export function settingText({ verify, readText, precision, absentRate, describe, encoder }: EvaluationSetting): string {
  const parts = [
    encoder === undefined ? null : t("encoder {name}", { name: encoder }),
    verify === undefined ? null : verify ? t("details compared") : t("details not compared"),
    readText === undefined ? null : readText ? t("package text read") : t("package text not read"),
    precision === undefined ? null : t("precision {value}", { value: precision }),
    absentRate === undefined ? null : t("“none” on at most {value}", { value: absentRate }),
    describe === true ? t("described by a model") : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? t("as the app is set") : parts.join(", ");
}

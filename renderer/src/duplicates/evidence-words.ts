import type { Likeness } from "../../../shared/contract/duplicates.ts";
import { t } from "../lib/i18n/i18n.ts";

type Evidence = Pick<Likeness, "samePicture" | "similarity" | "inliers" | "sameName" | "sharedWords" | "sameArticle">;

/** Why two products are taken for one, the strongest first. */
export function evidenceWords({
  samePicture,
  similarity,
  inliers,
  sameName,
  sharedWords,
  sameArticle,
}: Evidence): string[] {
  return [
    samePicture ? t("The very same picture") : null,
    sameArticle ? t("Barcodes of one article") : null,
    sameName ? t("The same name") : null,
    inliers !== null && inliers > 0 ? t("{count} points agree", { count: inliers }) : null,
    !samePicture && similarity !== null ? t("Similarity {value}", { value: similarity.toFixed(2) }) : null,
    !sameName && sharedWords.length > 0 ? t("Words: {words}", { words: sharedWords.join(", ") }) : null,
  ].filter((words) => words !== null);
}

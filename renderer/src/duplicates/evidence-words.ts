import type { Likeness } from "../../../shared/contract/duplicates.ts";

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
    samePicture ? "The very same picture" : null,
    sameArticle ? "Barcodes of one article" : null,
    sameName ? "The same name" : null,
    inliers !== null && inliers > 0 ? `${inliers} points agree` : null,
    !samePicture && similarity !== null ? `Similarity ${similarity.toFixed(2)}` : null,
    !sameName && sharedWords.length > 0 ? `Words: ${sharedWords.join(", ")}` : null,
  ].filter((words) => words !== null);
}

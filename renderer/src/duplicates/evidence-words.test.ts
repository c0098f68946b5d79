import { expect, it } from "vitest";
import { evidenceWords } from "./evidence-words.ts";

it("says what speaks for one product, the strongest first, and nothing that was not compared", () => {
  const nothing = {
    samePicture: false,
    similarity: null,
    inliers: null,
    sameName: false,
    sharedWords: [],
    sameArticle: false,
  };
  expect(evidenceWords(nothing)).toEqual([]);
  expect(evidenceWords({ ...nothing, similarity: 0.913, inliers: 42, sharedWords: ["boots"] })).toEqual([
    "42 points agree",
    "Similarity 0.91",
    "Words: boots",
  ]);
  const same = {
    ...nothing,
    samePicture: true,
    similarity: 1,
    sameName: true,
    sharedWords: ["boots"],
    sameArticle: true,
  };
  expect(evidenceWords(same)).toEqual(["The very same picture", "Barcodes of one article", "The same name"]);
});

import { expect, test } from "vitest";
import type { Hit } from "../index/port.ts";
import { addDepicted, inBothOrders } from "./depicted.ts";
import { blankEvidence, type Evidence, FEATURES, featuresOf } from "./evidence.ts";
import type { RankedCandidate } from "./ranking.ts";
import { verdictOf } from "./result.ts";

const hit = (sku: string, similarity: number): Hit => ({ sku, similarity, pictureHash: `picture of ${sku}` });
const candidate = (sku: string, confidence: number, textToImage: number | null, barcode: string | null = null) =>
  ({ ...blankEvidence(sku), confidence, textToImage, barcode }) as RankedCandidate;

test("pictures add candidates, and what they say of those that are there", () => {
  const pool = new Map<string, Evidence>([["c", { ...blankEvidence("c"), text: 0.5 }]]);
  addDepicted(pool, [hit("a", 0.31), hit("b", 0.29), hit("c", 0.2)], 1);
  expect([...pool.values()]).toMatchObject([
    { sku: "c", text: 0.5, textToImage: 0.2, pictureHash: "picture of c" },
    { sku: "a", text: null, textToImage: 0.31, pictureHash: "picture of a" },
  ]);
});

test("without a measured confidence both orders count, confidences stay, and what a barcode names stays first", () => {
  const words = [
    candidate("a", 0.4, 0.1),
    candidate("b", 0.3, 0.33),
    candidate("c", 0.2, 0.3),
    candidate("d", 0.1, null),
  ];
  const both = inBothOrders(words);
  expect(both.map(({ sku }) => sku)).toEqual(["b", "a", "c", "d"]);
  expect(both.map(({ confidence }) => confidence)).toEqual([0.3, 0.4, 0.2, 0.1]);
  expect(inBothOrders([...words, candidate("e", 0.0, 0, "123")])[0]?.sku).toBe("e");
});

test("what no confidence speaks of keeps a product from being called absent, and makes nothing certain", () => {
  const ranking = { candidates: [candidate("a", 0.01, 0.33)], presence: 0.01 };
  const thresholds = { match: 0.9, none: 0.1 };
  expect(verdictOf({ ...ranking, unmeasured: false }, thresholds)).toBe("none");
  expect(verdictOf({ ...ranking, unmeasured: true }, thresholds)).toBe("similar");
  expect(verdictOf({ candidates: [], presence: 0, unmeasured: true }, thresholds)).toBe("none");
});

test("where it is measured, the raw cosine and its lead are features; products that share a picture are no rivals", () => {
  const of = (sku: string, textToImage: number | null, pictureHash: string) => ({
    ...{ ...blankEvidence(sku), textToImage, pictureHash },
  });
  const features = featuresOf("depicted", [of("a", 0.3, "one"), of("b", 0.3, "one"), of("c", 0.2, "two")]);
  const column = (name: string) => features.map((row) => row[FEATURES.depicted.indexOf(name)]);
  expect(column("textToImage")).toEqual([0.3, 0.3, 0.2]);
  expect(column("textToImageGap").map((value) => value?.toFixed(2))).toEqual(["0.10", "0.10", "-0.10"]);
});

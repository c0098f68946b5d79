import { expect, test } from "vitest";
import type { Product } from "../../shared/contract/domain.ts";
import { addDescribed, inDescribedOrder } from "./described.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import type { RankedCandidate } from "./ranking.ts";

const productOf = (sku: string, description = ""): Product => ({
  ...{ sku, name: `The ${sku}`, category: "", price: null, currency: null, brand: "", barcode: null, description },
  ...{ attributes: {}, pictures: [], indexState: "indexed", indexReason: null },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" },
});
const candidate = (sku: string, confidence: number, more: Partial<Evidence> = {}): RankedCandidate => ({
  ...{ ...blankEvidence(sku), ...more, product: productOf(sku), confidence },
});
const order = (before: RankedCandidate[], after: RankedCandidate[]) =>
  inDescribedOrder({ candidates: before, presence: 0.5 }, { candidates: after, presence: 0.9 });
const skus = (ranking: { candidates: RankedCandidate[] }) => ranking.candidates.map(({ sku }) => sku);

test("among near equals the description decides", () => {
  const after = [
    candidate("a", 0.42, { described: 0.7 }),
    candidate("b", 0.38, { described: 0.8 }),
    candidate("c", 0.01, { described: 0.6 }),
  ];
  expect(skus(order(after, after))).toEqual(["b", "a", "c"]);
});

test("what the rest is twice as sure of stays first, whatever a description says", () => {
  for (const sure of [0.3, 0.6, 0.95]) {
    const after = [candidate("a", sure), candidate("b", sure / 2.1, { described: 0.99 })];
    expect(skus(order(after, after))).toEqual(["a", "b"]);
  }
});

test("those that nothing else speaks for stand in the description's order", () => {
  const after = [
    candidate("a", 0.4, { described: 0.1 }),
    candidate("x", 0.0001),
    candidate("y", 0.0002, { described: 0.5 }),
    candidate("z", 0, { described: 0.7 }),
  ];
  expect(skus(order(after, after))).toEqual(["a", "z", "y", "x"]);
});

test("how sure the answer is, and whether it is here at all, stay as they were measured", () => {
  const before = [candidate("a", 0.9), candidate("b", 0.05)];
  // The same judged beside more candidates comes out a little lower: that is not the description's to say.
  const after = [
    candidate("a", 0.8, { described: 0.2 }),
    candidate("b", 0.04),
    candidate("new", 0.01, { described: 0.9 }),
  ];
  const ranking = order(before, after);
  expect(ranking.presence).toBe(0.5);
  expect(ranking.candidates.map(({ sku, confidence }) => [sku, confidence])).toEqual([
    ["a", 0.9],
    ["b", 0.05],
    ["new", 0.01],
  ]);
});

test("variants are those of the product that comes first, and how well it is told from them goes with it", () => {
  const variants = { skus: ["red", "blue"], confidence: 0.9, share: 0.52 };
  const before = [candidate("red", 0.47), candidate("blue", 0.43), candidate("other", 0.05)];
  const said = (sku: string) => before.map((one) => (one.sku === sku ? { ...one, described: 0.9 } : one));
  const ranked = (sku: string) =>
    inDescribedOrder({ candidates: before, presence: 0.9, variants }, { candidates: said(sku), presence: 0 });
  const { candidates, variants: kept } = ranked("blue");
  expect([candidates[0]?.sku, kept?.skus, kept?.confidence]).toEqual(["blue", ["red", "blue"], 0.9]);
  expect(kept?.share).toBeCloseTo(0.43 / 0.9);
  const apart = [candidate("red", 0.1), candidate("blue", 0.08), candidate("other", 0.09, { described: 0.9 })];
  expect(
    inDescribedOrder({ candidates: apart, presence: 0.2, variants }, { candidates: apart, presence: 0 }).variants,
  ).toBeUndefined();
});

test("a barcode that was read is not argued with", () => {
  const after = [candidate("a", 0.5, { barcode: "4006381333931" }), candidate("b", 0.5, { described: 0.99 })];
  expect(skus(order(after, after))).toEqual(["a", "b"]);
});

test("products that only the description found join, and words are shared with all", async () => {
  const pool = new Map([["boot", { ...blankEvidence("boot"), image: 0.7, sharedWords: ["size"] }]]);
  const words = { caption: "A brown leather boot", category: "", colours: [], material: "", brand: "", text: [] };
  const hits = [
    { sku: "shoe", similarity: 0.8, pictureHash: null },
    { sku: "boot", similarity: 0.6, pictureHash: null },
    ...Array.from({ length: 40 }, (_, n) => ({ sku: `far-${n}`, similarity: 0.1, pictureHash: null })),
  ];
  const joined = await addDescribed(pool, words, hits, async (asked) => {
    return new Map(asked.map((sku) => [sku, productOf(sku, sku === "boot" ? "Made of leather" : "")]));
  });
  expect(joined.get("shoe")).toMatchObject({ image: null, described: 0.8 });
  expect(joined.get("boot")).toMatchObject({ image: 0.7, described: 0.6, sharedWords: ["size", "leather", "boot"] });
  expect(joined.size).toBe(24);
  expect(pool.get("boot")?.described).toBeNull();
});

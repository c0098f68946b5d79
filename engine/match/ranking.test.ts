import { expect, test } from "vitest";
import { type Product, productSchema } from "../../shared/contract/domain.ts";
import { BINS, type Calibration } from "./calibration.ts";
import { blankEvidence, type Evidence, type EvidenceKind, FEATURES } from "./evidence.ts";
import { createRanker } from "./ranking.ts";

const zeros = new Array<number>(BINS).fill(0);

/** A clear lead makes a product likely; a rival as near makes it doubtful. */
const calibration: Calibration = {
  fingerprint: "f",
  measuredOn: "a test",
  kinds: Object.fromEntries(
    (Object.keys(FEATURES) as EvidenceKind[]).map((kind) => [
      kind,
      {
        features: [...FEATURES[kind]],
        model: { mean: [0, 0], scale: [1, 1], weights: [2, 20], bias: -3 },
        ...{ right: zeros, wrong: zeros, absent: zeros },
      },
    ]),
  ) as Calibration["kinds"],
};

function product(sku: string, variantGroup?: string): Product {
  const time = "2026-01-01T00:00:00.000Z";
  return productSchema.parse({
    ...{ sku, name: sku, pictures: [], indexState: "indexed", indexReason: null, createdAt: time, updatedAt: time },
    ...(variantGroup === undefined ? {} : { variantGroup }),
  });
}

function ranked(products: readonly Product[], similarity: Record<string, number>, barcode?: string) {
  const pool = new Map<string, Evidence>(
    products.map(({ sku }) => [
      sku,
      { ...blankEvidence(sku), image: similarity[sku] ?? 0, barcode: sku === barcode ? "4006381333931" : null },
    ]),
  );
  const known = new Map(products.map((one) => [one.sku, one]));
  return createRanker(async () => known, calibration)("visual", pool);
}

const near = { A: 0.9, B: 0.89, C: 0.3 };

test("that it is one of the variants is likelier than either alone, and they don't make it absent", async () => {
  const plain = await ranked([product("A"), product("B"), product("C")], near);
  const grouped = await ranked([product("A", "g"), product("B", "g"), product("C")], near);
  expect(plain.variants).toBeUndefined();
  expect(grouped.candidates.map(({ confidence }) => confidence)).toEqual(
    plain.candidates.map(({ confidence }) => confidence),
  );
  expect(grouped.variants?.skus).toEqual(["A", "B"]);
  expect(grouped.variants?.confidence).toBeGreaterThan(0.95);
  expect(grouped.variants?.share).toBeLessThan(0.9);
  expect(grouped.candidates[0]?.confidence).toBeLessThan(0.5);
  expect(grouped.presence).toBe(grouped.variants?.confidence);
  expect(plain.presence).toBeLessThan(0.5);
});

test("variants of others, a variant that is not there, and a barcode name no group", async () => {
  expect((await ranked([product("A"), product("B", "g"), product("C", "g")], near)).variants).toBeUndefined();
  expect((await ranked([product("A", "g"), product("B"), product("C")], near)).variants).toBeUndefined();
  expect((await ranked([product("A", "g"), product("B", "g")], near, "B")).variants).toBeUndefined();
});

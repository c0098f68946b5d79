import { expect, test } from "vitest";
import type { Product } from "../../shared/contract/domain.ts";
import { compareWords, productText, wordsOf } from "./words.ts";

const product: Product = {
  sku: "BOOT-1",
  name: "Château Lederstiefel",
  category: "Shoes",
  price: "99.50",
  currency: "EUR",
  brand: "Brändli",
  barcode: null,
  description: "Warm lining for the winter",
  attributes: { colour: "red" },
  pictures: [],
  indexState: "indexed",
  indexReason: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

test("words lose case, diacritics, short and common ones", () => {
  expect([...wordsOf("Die CHÂTEAU und the No. 7 Brändli, château!")]).toEqual(["chateau", "brandli"]);
  expect(wordsOf("緑茶 ペットボトル")).toContain("ペットボトル".normalize("NFKD").replace(/\p{M}/gu, ""));
});

test("what stands in the title weighs; what stands elsewhere is only shown", () => {
  const { shared, overlap } = compareWords(wordsOf("brandli red winter"), product);
  expect(shared.sort()).toEqual(["brandli", "red", "winter"]);
  expect(overlap).toBeCloseTo(1 / 3);
  expect(compareWords(wordsOf(""), product)).toEqual({ shared: [], overlap: null });
});

test("the text for the encoder leads with the name", () => {
  expect(productText(product)).toBe("Château Lederstiefel. Brändli. Shoes. Warm lining for the winter. colour red");
});

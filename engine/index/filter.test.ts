import { expect, test } from "vitest";
import type { Product, ProductFilter } from "../../shared/contract/domain.ts";
import { fitsFilter, indexFilterOf } from "./filter.ts";

const product: Product = {
  sku: "a",
  name: "A",
  category: "Shoes",
  price: "12.50",
  currency: "EUR",
  brand: "Brand",
  barcode: null,
  description: "",
  attributes: {},
  pictures: [],
  indexState: "indexed",
  indexReason: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

const cases: [ProductFilter, boolean][] = [
  [{}, true],
  [{ category: ["Bags", "Shoes"] }, true],
  [{ category: ["Bags"] }, false],
  [{ brand: ["Brand"], currency: "EUR" }, true],
  [{ currency: "USD" }, false],
  [{ priceMin: "12.50", priceMax: "12.50" }, true],
  [{ priceMin: "12.51" }, false],
  [{ priceMax: "12.49" }, false],
];

test.each(cases)("%j: %s", (filter, fits) => {
  expect(fitsFilter(product, indexFilterOf(filter))).toBe(fits);
});

test("a product without a price is in no price range; one that is left out fits nothing", () => {
  expect(fitsFilter({ ...product, price: null }, { priceMin: 0 })).toBe(false);
  expect(fitsFilter(product, { excludeSkus: ["a"] })).toBe(false);
  expect(fitsFilter(product)).toBe(true);
});

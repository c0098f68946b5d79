import { expect, test } from "vitest";
import type { MapPoints } from "../../../shared/contract/map.ts";
import { coloursOf, pixelsOf } from "./colours.ts";
import { nearestTo, placeOf, within } from "./places.ts";

const points: MapPoints = {
  kind: "image",
  finishedAt: "2026-01-01T00:00:00.000Z",
  skus: ["a", "b", "c", "d"],
  names: ["A", "B", "C", "D"],
  x: [0, 0.5, 0.5, -0.9],
  y: [0, 0, 0.5, -0.9],
  category: [0, 0, 1, 2],
  categories: ["Shoes", "Cups", ""],
  price: [1, 2, 300, null],
  currency: ["EUR", "EUR", "EUR", null],
  missing: 0,
};
const similarity = (image: number | null, text: number | null = null) => ({
  ...{ image, text, textToImage: null, described: null },
});

test("an outline takes what lies in it, whatever its form", () => {
  expect(
    within(points, [
      [-0.1, -0.1],
      [0.6, -0.1],
      [0.6, 0.6],
      [0.4, 0.6],
      [0.4, 0.1],
      [-0.1, 0.1],
    ]),
  ).toEqual([0, 1, 2]);
  expect(within(points, [])).toEqual([]);
});

test("neighbours come nearest first, without the one asked about", () => {
  expect(nearestTo(points, 0, 2)).toEqual([1, 2]);
});

test("a photo lies by what it is most like, and nowhere where none of that is on the map", () => {
  const [x, y] = placeOf(
    [
      { sku: "c", similarity: similarity(0.9) },
      { sku: "a", similarity: similarity(0.4) },
    ],
    "image",
    points,
  ) ?? [9, 9];
  expect(x).toBeCloseTo(0.5, 2);
  expect(y).toBeCloseTo(0.5, 2);
  expect(placeOf([{ sku: "z", similarity: similarity(0.9) }], "image", points)).toBeNull();
  expect(placeOf([{ sku: "a", similarity: similarity(0.9) }], "text", points)).toBeNull();
});

test("colours count what they stand for, and what is not looked at is faint", () => {
  const byCategory = coloursOf(points, "category", new Map());
  expect(byCategory.legend.map(({ key, count }) => [key, count])).toEqual([
    ["Shoes", 2],
    ["Cups", 1],
    ["", 1],
  ]);
  const byPrice = coloursOf(points, "price", new Map());
  expect(byPrice.legend.at(-1)).toMatchObject({ kind: "priceless", count: 1 });
  expect(byPrice.legend.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  expect(byPrice.groups[0]).not.toBe(byPrice.groups[2]);
  const byVerdict = coloursOf(points, "verdict", new Map([["b", "none"]]));
  expect(byVerdict.legend.map(({ kind, count }) => [kind, count])).toEqual([
    ["verdict", 0],
    ["verdict", 0],
    ["verdict", 1],
    ["unseen", 3],
  ]);
  const pixels = pixelsOf(byCategory, (at) => at === 1);
  expect(pixels).toHaveLength(16);
  expect(pixels[7]).toBeGreaterThan(pixels[3] ?? 255);
});

test("categories past the palette share one colour", () => {
  const count = 40;
  const many: MapPoints = {
    ...points,
    ...{
      skus: Array.from({ length: count }, (_, at) => `s${at}`),
      category: Array.from({ length: count }, (_, at) => at),
    },
    categories: Array.from({ length: count }, (_, at) => `C${at}`),
  };
  const { legend } = coloursOf(many, "category", new Map());
  expect(legend.at(-1)).toMatchObject({ kind: "others", count: count - legend.length + 1 });
});

import { expect, test } from "vitest";
import { inReadingOrder, type Quad, quadOf, sidesOf } from "./quad.ts";

const rounded = (quad: Quad) => quad.map((point) => point.map((value) => Math.round(value) + 0));

test("the same rectangle gives the same corners however OpenCV turned it", () => {
  const flat = [
    [0, 0],
    [40, 0],
    [40, 10],
    [0, 10],
  ];
  const center = { x: 20, y: 5 };
  expect(rounded(quadOf({ center, size: { width: 40, height: 10 }, angle: 0 }, 0))).toEqual(flat);
  expect(rounded(quadOf({ center, size: { width: 10, height: 40 }, angle: 90 }, 0))).toEqual(flat);
  expect(rounded(quadOf({ center, size: { width: 10, height: 40 }, angle: -90 }, 0))).toEqual(flat);
  expect(rounded(quadOf({ center, size: { width: 40, height: 10 }, angle: 180 }, 0))).toEqual(flat);
});

test("a standing line is read from the top", () => {
  const quad = quadOf({ center: { x: 5, y: 20 }, size: { width: 10, height: 40 }, angle: 0 }, 2);
  expect(quad[0][1]).toBeLessThan(quad[1][1]);
  expect(sidesOf(quad)).toEqual({ width: 44, height: 14 });
});

test("lines in a row go from left to right, rows from the top down", () => {
  const at = (name: string, x: number, y: number) => ({
    name,
    quad: quadOf({ center: { x, y }, size: { width: 30, height: 10 }, angle: 0 }, 0),
  });
  const lines = [at("net", 80, 52), at("tea", 20, 10), at("bags", 20, 50), at("end", 50, 90)];
  expect(inReadingOrder(lines).map((line) => line.name)).toEqual(["tea", "bags", "net", "end"]);
});

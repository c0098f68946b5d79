import { expect, test } from "vitest";
import { portions } from "./portions.ts";

const MB = 1024 * 1024;
const sizes = (...all: number[]) =>
  [...portions(all.map((size) => ({ size })))].map((each) => each.map(({ size }) => size / MB));

test("files go in their order, in parts of so many files and so many bytes; a large one goes alone", () => {
  expect(sizes()).toEqual([]);
  expect(sizes(10 * MB, 20 * MB, 90 * MB, 200 * MB, 1 * MB)).toEqual([[10, 20], [90], [200], [1]]);
  expect([...portions(Array.from({ length: 85 }, () => ({ size: 1 })))].map((each) => each.length)).toEqual([
    40, 40, 5,
  ]);
});

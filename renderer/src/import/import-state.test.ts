import { expect, it } from "vitest";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { isOver, percentDone, progressLine } from "./import-state.ts";

const running: ImportProgress = {
  importId: "i",
  task: "import",
  state: "running",
  source: "products.csv",
  format: "CSV",
  products: 40,
  images: 40,
  unchanged: 0,
  done: 41,
  total: 54,
  rate: 12.4,
  secondsLeft: 90,
  failed: [],
  failedCount: 1,
  badRows: 1,
  vectors: null,
  plan: null,
  seconds: 4,
  error: null,
};

it("says how far, how fast and how long still", () => {
  expect(progressLine(running)).toBe("41 of 54 · 12 pictures/s · 2 min left");
  expect(percentDone(running)).toBe(75);
});

it("says nothing that it does not know", () => {
  const reading: ImportProgress = { ...running, state: "reading", total: null, rate: 0, secondsLeft: null, done: 0 };
  expect(progressLine(reading)).toBe("0");
  expect(percentDone(reading)).toBeNull();
});

it("says what came of it", () => {
  const done: ImportProgress = { ...running, state: "done", products: 1, images: 2, unchanged: 3, seconds: 65 };
  expect(isOver(done)).toBe(true);
  expect(progressLine(done)).toBe("1 product, 2 pictures, 3 unchanged in 1 min");
});

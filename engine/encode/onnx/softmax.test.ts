import { expect, test } from "vitest";
import { topClasses } from "./softmax.ts";

test("gives the most probable classes of a softmax, in order", () => {
  const top = topClasses(Float32Array.of(0, Math.log(2), Math.log(5)), 2);
  expect(top.map(({ index }) => index)).toEqual([2, 1]);
  expect(top[0]?.probability).toBeCloseTo(5 / 8, 6);
  expect(top[1]?.probability).toBeCloseTo(2 / 8, 6);
});

test("large logits do not overflow", () => {
  expect(topClasses(Float32Array.of(1000, 1000), 1)[0]?.probability).toBeCloseTo(0.5, 6);
});

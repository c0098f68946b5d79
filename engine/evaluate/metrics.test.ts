import { expect, test } from "vitest";
import { auroc, bootstrapInterval, mean, seededRandom } from "./metrics.ts";

test("AUROC: separated 1, reversed 0, all ties one half, by hand otherwise", () => {
  expect(auroc([3, 4], [1, 2])).toBe(1);
  expect(auroc([1, 2], [3, 4])).toBe(0);
  expect(auroc([5, 5], [5, 5, 5])).toBe(0.5);
  // Pairs (2>1, 2<3, 4>1, 4>3): three of four.
  expect(auroc([2, 4], [1, 3])).toBe(0.75);
  expect(auroc([], [1])).toBeNaN();
});

test("the bootstrap interval holds the value and narrows with more groups", () => {
  const random = seededRandom(3);
  const few = Array.from({ length: 20 }, (_, i) => [i % 4 === 0 ? 0 : 1]);
  const many = Array.from({ length: 2000 }, (_, i) => [i % 4 === 0 ? 0 : 1]);
  const wide = bootstrapInterval(few, mean, random);
  const narrow = bootstrapInterval(many, mean, random);
  expect(wide[0]).toBeLessThan(0.75);
  expect(wide[1]).toBeGreaterThan(0.75);
  expect(narrow[1] - narrow[0]).toBeLessThan(wide[1] - wide[0]);
});

test("a seed gives the same numbers again", () => {
  const first = seededRandom(42);
  const second = seededRandom(42);
  expect([first(), first(), first()]).toEqual([second(), second(), second()]);
});

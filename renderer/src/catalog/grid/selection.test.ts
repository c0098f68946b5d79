import { expect, test } from "vitest";
import { countOf, EVERYTHING, isChosen, NOTHING, withChosen } from "./selection.ts";

test("some are chosen, and let go of", () => {
  const some = withChosen(NOTHING, ["a", "b", "c"], true);
  expect([countOf(some, 100), isChosen(some, "a"), isChosen(some, "z")]).toEqual([3, true, false]);
  expect(countOf(withChosen(some, ["a", "z"], false), 100)).toBe(2);
  expect(countOf(some, 100)).toBe(3);
});

test("all of a filter are chosen but some", () => {
  const most = withChosen(EVERYTHING, ["a", "b"], false);
  expect([countOf(most, 100_000), isChosen(most, "a"), isChosen(most, "z")]).toEqual([99_998, false, true]);
  expect(countOf(withChosen(most, ["a"], true), 100_000)).toBe(99_999);
});

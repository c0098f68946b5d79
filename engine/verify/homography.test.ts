import { expect, test } from "vitest";
import { type Homography, isPlausible } from "./homography.ts";

const POINTS = [
  [10, 10],
  [200, 20],
  [190, 220],
  [15, 210],
] as const;

test.each<[string, boolean, Homography]>([
  ["identity", true, [1, 0, 0, 0, 1, 0, 0, 0, 1]],
  ["identity with its sign turned", true, [-1, 0, 0, 0, -1, 0, 0, 0, -1]],
  ["a quarter turn, half as large", true, [0, -0.5, 300, 0.5, 0, 0, 0, 0, 1]],
  ["a tilted view", true, [1, 0.1, 5, 0, 0.9, 3, 0.001, 0.0005, 1]],
  ["mirrored", false, [-1, 0, 200, 0, 1, 0, 0, 0, 1]],
  ["collapsed to a line", false, [1, 1, 0, 1, 1.01, 0, 0, 0, 1]],
  ["squeezed", false, [1, 0, 0, 0, 0.2, 0, 0, 0, 1]],
  ["shrunk to a spot", false, [0.02, 0, 0, 0, 0.02, 0, 0, 0, 1]],
  ["partly behind the camera", false, [1, 0, 0, 0, 1, 0, -0.01, 0, 1]],
])("%s: %s", (_, plausible, matrix) => {
  expect(isPlausible(matrix, POINTS)).toBe(plausible);
});

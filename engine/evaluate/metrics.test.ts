import { describe, expect, test } from "vitest";
import { auroc, seededRandom, weightedAuroc, weightedCalibrationError, weightedMean } from "./metrics.ts";

test("AUROC: separated 1, reversed 0, all ties one half, by hand otherwise", () => {
  expect(auroc([3, 4], [1, 2])).toBe(1);
  expect(auroc([1, 2], [3, 4])).toBe(0);
  expect(auroc([5, 5], [5, 5, 5])).toBe(0.5);
  // Pairs (2>1, 2<3, 4>1, 4>3): three of four.
  expect(auroc([2, 4], [1, 3])).toBe(0.75);
  expect(auroc([], [1])).toBeNaN();
});

test("AUROC is SciPy's, with ties", () => {
  // scipy.stats.mannwhitneyu([.9, .8, .8, .4, .2], [.8, .3, .2, .1]).statistic / (5 * 4)
  expect(auroc([0.9, 0.8, 0.8, 0.4, 0.2], [0.8, 0.3, 0.2, 0.1])).toBeCloseTo(0.775, 12);
});

test("a case that counts twice is the same as two cases", () => {
  const scored = (scores: readonly number[], from: number) => scores.map((score, i) => ({ case: from + i, score }));
  const weighted = weightedAuroc(scored([0.9, 0.3], 0), scored([0.5, 0.1], 2));
  expect(weighted(Float64Array.of(1, 2, 1, 3))).toBe(auroc([0.9, 0.3, 0.3], [0.5, 0.1, 0.1, 0.1]));
  const values = [3, 8].map((value, index) => ({ case: index, value }));
  expect(weightedMean(values)(Float64Array.of(3, 1))).toBe((3 + 3 + 3 + 8) / 4);
  expect(weightedMean(values)(Float64Array.of(0, 0))).toBeNaN();
});

describe("calibration error", () => {
  const answers = (pairs: readonly (readonly [number, boolean])[]) =>
    pairs.map(([confidence, right], index) => ({ case: index, confidence, right, share: 1 }));

  test("by hand: the gaps of the bins, by their share", () => {
    // 0.9..1: said (0.95 + 0.93) / 2, right one of two: gap 0.44. 0.2..0.3: said 0.25, right: gap 0.75. 1: in the last bin.
    const ece = weightedCalibrationError(
      answers([
        [0.95, true],
        [0.93, false],
        [0.25, true],
      ]),
    );
    expect(ece(Float64Array.of(1, 1, 1))).toBeCloseTo((2 * 0.44 + 0.75) / 3, 12);
    expect(ece(Float64Array.of(1, 1, 0))).toBeCloseTo(0.44, 12);
    expect(weightedCalibrationError(answers([[1, true]]))(Float64Array.of(1))).toBe(0);
    expect(ece(Float64Array.of(0, 0, 0))).toBeNaN();
  });

  test("an answer's own share counts as often as it says", () => {
    const shared = [
      { case: 0, confidence: 0.6, right: true, share: 1 },
      { case: 1, confidence: 0.6, right: false, share: 0.5 },
    ];
    // Said 0.6, right 1 of 1.5.
    expect(weightedCalibrationError(shared)(Float64Array.of(1, 1))).toBeCloseTo(2 / 3 - 0.6, 12);
  });
});

test("a seed gives the same numbers again", () => {
  const first = seededRandom(42);
  const second = seededRandom(42);
  expect([first(), first(), first()]).toEqual([second(), second(), second()]);
});

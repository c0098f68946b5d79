import { expect, test } from "vitest";
import { reportOf, type Trial } from "./report.ts";

const trial = (over: Partial<Trial>): Trial => ({
  sku: "a",
  transformation: "crop",
  rank: 1,
  confidence: 0.9,
  verdict: "match",
  absentConfidence: 0.1,
  absentVerdict: "none",
  ...over,
});

test("recall, AUROC, verdict shares and precision, by hand", () => {
  const report = reportOf(
    [
      trial({}),
      trial({ sku: "b", rank: 3, verdict: "match", confidence: 0.6 }),
      trial({ sku: "c", transformation: "blur", rank: null, verdict: "none", confidence: 0.05 }),
      trial({ sku: "d", transformation: "blur", verdict: "similar", absentVerdict: "similar", absentConfidence: 0.4 }),
    ],
    1,
  );
  expect(report.recallAt1.value).toBe(0.5);
  expect(report.recallAt5.value).toBe(0.75);
  expect(report.verdicts.present).toEqual({ match: 0.5, similar: 0.25, none: 0.25 });
  expect(report.verdicts.absent).toEqual({ match: 0, similar: 0.25, none: 0.75 });
  expect(report.matchPrecision).toBe(0.5);
  // 0.05 loses to all four absent ones; the other three win all twelve.
  expect(report.auroc.value).toBe(0.75);
  expect(report.byTransformation).toEqual([
    { name: "crop", recallAt1: 0.5, n: 2 },
    { name: "blur", recallAt1: 0.5, n: 2 },
  ]);
  expect(report.recallAt1.interval[0]).toBeLessThanOrEqual(0.5);
  expect(report.recallAt1.interval[1]).toBeGreaterThanOrEqual(0.5);
});

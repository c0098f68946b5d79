import { expect, test } from "vitest";
import { BINS, type Calibration, judge, parseCalibration, thresholds } from "./calibration.ts";
import { blankEvidence, type Evidence, type EvidenceKind, FEATURES } from "./evidence.ts";

const zeros = () => new Array<number>(BINS).fill(0);

/** Right answers sit at 0.9 and a few at 0.3; absent products at 0.5 and one at 0.9. */
function calibration(): Calibration {
  const right = zeros();
  right[180] = 98;
  right[60] = 2;
  const absent = zeros();
  absent[100] = 50;
  absent[180] = 1;
  const stage = (kind: EvidenceKind) => ({
    features: [...FEATURES[kind]],
    model: { mean: [0.5], scale: [0.1], weights: [2], bias: 0 },
    right,
    wrong: zeros(),
    absent,
  });
  return {
    fingerprint: "f",
    measuredOn: "a test",
    kinds: { visual: stage("visual"), verified: stage("verified"), worded: stage("worded"), text: stage("text") },
  };
}

test("match takes the lowest confidence that keeps the wanted precision", () => {
  expect(thresholds(calibration(), "visual", { precision: 0.95, absentRate: 0.02 }).match).toBe(101 / BINS);
  // 98 of 149 is 0.66: with less wanted, the absent products at 0.5 may be called matches.
  expect(thresholds(calibration(), "visual", { precision: 0.6, absentRate: 0.02 }).match).toBeLessThan(101 / BINS);
  expect(thresholds(calibration(), "visual", { precision: 0.999, absentRate: 0.02 }).match).toBe(1);
});

test("none cuts off no more than the wanted share of present products", () => {
  expect(thresholds(calibration(), "visual", { precision: 0.95, absentRate: 0.01 }).none).toBe(60 / BINS);
  expect(thresholds(calibration(), "visual", { precision: 0.95, absentRate: 0.02 }).none).toBeGreaterThan(60 / BINS);
});

test("what is rather not it is no match, and what is rather there not absent, however well both were told apart", () => {
  const apart = calibration();
  apart.kinds.visual.absent = zeros();
  apart.kinds.visual.absent[0] = 50;
  apart.kinds.visual.right = zeros();
  apart.kinds.visual.right[199] = 100;
  expect(thresholds(apart, "visual", { precision: 0.95, absentRate: 0.02 })).toEqual({ match: 0.5, none: 0.5 });
});

test("none is never above match", () => {
  const { match, none } = thresholds(calibration(), "visual", { precision: 0.5, absentRate: 0.5 });
  expect(none).toBeLessThanOrEqual(match);
});

test("confidences of one query never add up to more than one, and its presence is what either would say alone", () => {
  const twin = (sku: string): Evidence => ({ ...blankEvidence(sku), image: 0.9 });
  const { confidences, presence } = judge(calibration(), "visual", [twin("a"), twin("b")]);
  expect(confidences[0]).toBeCloseTo(0.5);
  expect((confidences[0] ?? 0) + (confidences[1] ?? 0)).toBeCloseTo(1);
  expect(presence).toBeCloseTo(judge(calibration(), "visual", [twin("a")]).presence);
});

test("no evidence makes a product certain", () => {
  const certain = { ...blankEvidence("a"), image: 50 };
  const { confidences, presence } = judge(calibration(), "visual", [certain]);
  expect(presence).toBe(0.999);
  expect(confidences).toEqual([0.999]);
});

test("a calibration of other features is refused, naming what to do", () => {
  const stale = calibration();
  stale.kinds.visual.features = ["image"];
  expect(() => parseCalibration(stale)).toThrow(/visual features are image; .* Run/);
  expect(parseCalibration(calibration()).fingerprint).toBe("f");
});

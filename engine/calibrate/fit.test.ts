import { expect, test } from "vitest";
import { seededRandom } from "../evaluate/metrics.ts";
import { BINS } from "../match/calibration.ts";
import { blankEvidence, featuresOf } from "../match/evidence.ts";
import { calibrationError, fitStage, roundCalibration } from "./fit.ts";
import { type Observation, samplesOf } from "./observation.ts";

/** Right products score about 0.8, others about 0.4; a left-out one leaves only others. */
function observations(products: number, queries: number): Observation[] {
  const random = seededRandom(7);
  const scored = (sku: string, mean: number) => ({ ...blankEvidence(sku), image: mean + (random() - 0.5) * 0.3 });
  return Array.from({ length: products * queries }, (_, at) => {
    const sku = `P${at % products}`;
    const others = ["X", "Y"].map((other) => scored(other, 0.4));
    const present = at % 2 === Math.floor(at / products) % 2;
    const candidates = present ? [scored(sku, 0.8), ...others] : others;
    const rows = featuresOf("visual", candidates);
    return {
      ...{ kind: "visual" as const, sku, present },
      candidates: candidates.map((one, index) => ({ sku: one.sku, features: rows[index] ?? [] })),
    };
  });
}

test("a fit tells present products from absent ones, and its histograms count every answer", () => {
  const { stage, judged } = fitStage("visual", observations(12, 10));
  const mean = (side: string) => {
    const of = judged.filter((one) => one.side === side).map((one) => one.confidence);
    return of.reduce((sum, value) => sum + value, 0) / of.length;
  };
  expect(mean("right")).toBeGreaterThan(0.9);
  expect(mean("absent")).toBeLessThan(0.1);
  expect(calibrationError(judged)).toBeLessThan(0.05);
  const counted = [...stage.right, ...stage.wrong, ...stage.absent].reduce((sum, count) => sum + count, 0);
  expect(counted).toBeCloseTo(60 + 60 * 0.5);
  expect(stage.right).toHaveLength(BINS);
});

test("an answer to a left-out product makes no right sample, whatever stands in it", () => {
  const candidates = [{ sku: "A", features: [0.9, 0] }];
  const samples = samplesOf([{ kind: "visual", sku: "A", present: false, candidates, weight: 3 }]);
  expect(samples).toEqual([{ features: [0.9, 0], label: 0, weight: 1.5 }]);
});

test("nothing is fitted on one product: it would judge itself", () => {
  expect(() => fitStage("visual", observations(1, 4))).toThrow(RangeError);
});

test("a calibration is kept in six digits", () => {
  expect(roundCalibration({ a: [1 / 3, 123456789] })).toEqual({ a: [0.333333, 123457000] });
});

import { expect, test } from "vitest";
import { seededRandom } from "../evaluate/metrics.ts";
import { type EvidenceKind, FEATURES } from "../match/evidence.ts";
import { untrained } from "./fit.ts";
import type { Observation } from "./observation.ts";
import { refit } from "./refit.ts";

/** What right products and others score on average, and how far they spread: easily told apart, and hardly. */
const EASY = { right: 0.8, other: 0.4, spread: 0.3 };
const HARD = { right: 0.55, other: 0.4, spread: 0.6 };

/** Half of the questions are about products that are left out. */
function observations(kind: EvidenceKind, count: number, seed = 7, { right, other, spread } = EASY): Observation[] {
  const random = seededRandom(seed);
  const scored = (sku: string, mean: number) => ({
    sku,
    features: FEATURES[kind].map(() => mean + (random() - 0.5) * spread),
  });
  return Array.from({ length: count }, (_, at) => {
    const sku = `P${at % 12}`;
    const others = ["X", "Y"].map((name) => scored(name, other));
    const present = Math.floor(at / 12) % 2 === 0;
    return { kind, sku, present, candidates: present ? [scored(sku, right), ...others] : others };
  });
}

const shipped = { ...untrained(), fingerprint: "f" };

test("what is better out of fold takes the place of the shipped one, and what was seen too little of does not", () => {
  const { calibration, kinds, taken } = refit(
    [...observations("visual", 240), ...observations("text", 20)],
    shipped,
    "f",
  );
  expect(taken).toBe(true);
  const [visual, verified, , text] = kinds;
  expect(visual).toMatchObject({ kind: "visual", answers: 240, taken: true });
  expect(visual?.after?.logLoss).toBeLessThan(visual?.before?.logLoss ?? 0);
  expect(verified).toMatchObject({ answers: 0, before: null, after: null, taken: false });
  expect(text).toMatchObject({ kind: "text", answers: 20, after: null, taken: false });
  expect(calibration.kinds.text).toBe(shipped.kinds.text);
  expect(calibration.fingerprint).toBe("f");
});

test("a fit on few answers is not taken where one of many is there already", () => {
  const good = refit(observations("visual", 2400, 5, HARD), shipped, "f").calibration;
  const { kinds, calibration, taken } = refit(observations("visual", 120, 11, HARD), good, "f");
  expect(taken).toBe(false);
  expect(kinds[0]).toMatchObject({ answers: 120, taken: false, before: {}, after: {} });
  expect(calibration.kinds.visual).toBe(good.kinds.visual);
});

test("another encoder's calibration gives way only where pictures are judged by a fit of this one's", () => {
  const some = refit(observations("visual", 240), shipped, "other");
  expect(some.taken).toBe(false);
  const both = refit([...observations("visual", 240), ...observations("verified", 240)], shipped, "other");
  expect(both.taken).toBe(true);
  expect(both.calibration.kinds.depicted).toBeUndefined();
});

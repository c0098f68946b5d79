import { z } from "zod";
import { type Evidence, type EvidenceKind, FEATURES, featuresOf } from "./evidence.ts";
import { predict } from "./logistic.ts";

/** Bins of the stored confidence histograms; thresholds are as fine as this. */
export const BINS = 200;

const histogram = z.array(z.number().nonnegative()).length(BINS);

const stageSchema = z.object({
  features: z.array(z.string()),
  model: z.object({
    mean: z.array(z.number()),
    scale: z.array(z.number()),
    weights: z.array(z.number()),
    bias: z.number(),
  }),
  /** Confidence of the first candidate: of present products where it was right, where it was wrong, of absent ones. */
  right: histogram,
  wrong: histogram,
  absent: histogram,
});

export const calibrationSchema = z.object({
  /** Fingerprint of the image encoder that it was measured with. */
  fingerprint: z.string(),
  measuredOn: z.string(),
  kinds: z.object({
    visual: stageSchema,
    verified: stageSchema,
    worded: stageSchema,
    text: stageSchema,
    /** Only of image encoders that have a sister for texts. */
    depicted: stageSchema.optional(),
  }),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** @throws Error where nothing was measured of this kind: what it says must not be called a confidence */
function stageOf({ kinds, fingerprint }: Calibration, kind: EvidenceKind) {
  const stage = kinds[kind];
  if (stage === undefined) throw new Error(`the calibration with ${fingerprint} has no kind ${kind}`);
  return stage;
}

export interface Thresholds {
  /** At or above: `match`. */
  match: number;
  /** Below: `none`. */
  none: number;
}

/**
 * A good calibration reaches the wanted precision, and the allowed misses, far beyond this: no answer is called a match
 * that is rather not it, and none absent that is rather there, only because such answers were rare.
 */
const EVEN = 0.5;

/**
 * @param precision wanted share of right answers among `match` verdicts, absent products counted as measured
 * @param absentRate share of present products that may fall below `none`
 */
export function thresholds(
  calibration: Calibration,
  kind: EvidenceKind,
  { precision, absentRate }: { precision: number; absentRate: number },
): Thresholds {
  const { right, wrong, absent } = stageOf(calibration, kind);
  let good = 0;
  let bad = 0;
  let match = 1;
  for (let bin = BINS - 1; bin >= 0; bin--) {
    good += right[bin] ?? 0;
    bad += (wrong[bin] ?? 0) + (absent[bin] ?? 0);
    if (good + bad > 0 && good / (good + bad) >= precision) match = bin / BINS;
  }
  const present = right.map((count, bin) => count + (wrong[bin] ?? 0));
  const total = present.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let none = 0;
  for (let bin = 0; bin < BINS; bin++) {
    below += present[bin] ?? 0;
    if (below > absentRate * total) break;
    none = (bin + 1) / BINS;
  }
  return { match: Math.max(match, EVEN), none: Math.min(none, EVEN) };
}

/** Some thousand queries can't tell a likelier one from certainty: a misprint, a mixed-up picture is always possible. */
const MOST = 0.999;

export interface Judgement {
  /** Probability of each candidate that it is the product, 0..1; at most one can be, so their sum is at most one. */
  confidences: number[];
  /** Probability that the product is among them at all: of several that look the same, each may be it, and one is. */
  presence: number;
}

export function judge(calibration: Calibration, kind: EvidenceKind, candidates: readonly Evidence[]): Judgement {
  return judgeFeatures(calibration, kind, featuresOf(kind, candidates));
}

/** @param rows the candidates' features, as `FEATURES[kind]` names them */
export function judgeFeatures(
  calibration: Calibration,
  kind: EvidenceKind,
  rows: readonly (readonly number[])[],
): Judgement {
  const { model } = stageOf(calibration, kind);
  const single = rows.map((features) => Math.min(MOST, predict(model, features)));
  const sum = single.reduce((total, p) => total + p, 0);
  return { confidences: sum > 1 ? single.map((p) => p / sum) : single, presence: Math.max(0, ...single) };
}

/** @throws Error where the file belongs to other features than this code has: it must be measured anew */
export function parseCalibration(value: unknown): Calibration {
  const calibration = calibrationSchema.parse(value);
  for (const [kind, names] of Object.entries(FEATURES)) {
    const stored = calibration.kinds[kind as EvidenceKind]?.features;
    if (stored !== undefined && stored.join() !== names.join()) {
      throw new Error(
        `The calibration's ${kind} features are ${stored.join(", ")}; this version has ${names.join(", ")}. Run scripts/calibrate.ts.`,
      );
    }
  }
  return calibration;
}

import { weightedCalibrationError } from "../evaluate/metrics.ts";
import { BINS, type Calibration, judgeFeatures } from "../match/calibration.ts";
import { type EvidenceKind, FEATURES } from "../match/evidence.ts";
import { fit, type LogisticModel } from "../match/logistic.ts";
import { type Observation, samplesOf, weightOf } from "./observation.ts";

/**
 * Fits one logistic model a kind of evidence. What is said of the fit, and the histograms that the thresholds come from, are
 * out of fold: no product judges itself.
 */

const FOLDS = 6;

export type FittedStage = NonNullable<Calibration["kinds"][EvidenceKind]>;

/** The first candidate of an answer. */
export interface Judged {
  /** The product that was asked for. */
  sku: string;
  confidence: number;
  side: "right" | "wrong" | "absent";
  weight: number;
}

/** Platt scaling (1999): stretches and shifts the log-odds, so that the first candidates' confidences are frequencies. */
interface Scaling {
  slope: number;
  shift: number;
}

const NO_SCALING: Scaling = { slope: 1, shift: 0 };

/** Judges nothing: what the answerer is given while observations are collected. */
export function untrained(): Calibration {
  const zeros = () => new Array<number>(BINS).fill(0);
  const stage = (kind: EvidenceKind): FittedStage => {
    const features = [...FEATURES[kind]];
    const model = {
      mean: features.map(() => 0),
      scale: features.map(() => 1),
      weights: features.map(() => 1),
      bias: 0,
    };
    return { features, model, right: zeros(), wrong: zeros(), absent: zeros() };
  };
  return {
    fingerprint: "",
    measuredOn: "",
    kinds: { visual: stage("visual"), verified: stage("verified"), worded: stage("worded"), text: stage("text") },
  };
}

function withModel(kind: EvidenceKind, model: LogisticModel): Calibration {
  const base = untrained();
  return {
    ...base,
    kinds: { ...base.kinds, [kind]: { features: [...FEATURES[kind]], model, right: [], wrong: [], absent: [] } },
  };
}

/** Judges every answer as `calibration` would; all of one kind. */
export function judgeAll(calibration: Calibration, observations: readonly Observation[]): Judged[] {
  return observations.map((one): Judged => {
    const rows = one.candidates.map(({ features }) => features);
    const { confidences } = judgeFeatures(calibration, one.kind, rows);
    const best = confidences.reduce((top, value, index) => (value > (confidences[top] ?? 0) ? index : top), 0);
    const right = one.candidates[best]?.sku === one.sku;
    const side = one.present ? (right ? "right" : "wrong") : "absent";
    return { sku: one.sku, confidence: confidences[best] ?? 0, side, weight: weightOf(one) };
  });
}

function scaled({ mean, scale, weights, bias }: LogisticModel, { slope, shift }: Scaling): LogisticModel {
  return { mean, scale, weights: weights.map((weight) => weight * slope), bias: bias * slope + shift };
}

function judgeOutOfFold(kind: EvidenceKind, observations: readonly Observation[], scaling: Scaling): Judged[] {
  const skus = [...new Set(observations.map((one) => one.sku))];
  const folds = Math.min(FOLDS, skus.length);
  const foldOf = new Map(skus.map((sku, index) => [sku, index % folds]));
  return Array.from({ length: folds }, (_, fold) => {
    const model = scaled(fit(samplesOf(observations.filter((one) => foldOf.get(one.sku) !== fold))), scaling);
    return judgeAll(
      withModel(kind, model),
      observations.filter((one) => foldOf.get(one.sku) === fold),
    );
  }).flat();
}

function scalingOf(judged: readonly Judged[]): Scaling {
  const logit = (p: number) => Math.log(Math.max(p, 1e-6) / Math.max(1 - p, 1e-6));
  const { mean, scale, weights, bias } = fit(
    judged.map((one) => ({
      features: [logit(one.confidence)],
      label: one.side === "right" ? 1 : 0,
      weight: one.weight,
    })),
    0.01,
  );
  const slope = (weights[0] ?? 1) / (scale[0] ?? 1);
  return { slope, shift: bias - slope * (mean[0] ?? 0) };
}

function histogramsOf(judged: readonly Judged[]) {
  const empty = () => new Array<number>(BINS).fill(0);
  const histograms = { right: empty(), wrong: empty(), absent: empty() };
  for (const { confidence, side, weight } of judged) {
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    histograms[side][bin] = (histograms[side][bin] ?? 0) + weight;
  }
  return histograms;
}

/** Expected calibration error of some answers, as evaluations measure it. */
export function calibrationError(judged: readonly Judged[]): number {
  const answers = judged.map(({ confidence, side, weight }) => ({
    case: 0,
    confidence,
    right: side === "right",
    share: weight,
  }));
  return weightedCalibrationError(answers)(Float64Array.of(1));
}

/**
 * @param observations all of one kind, of two products at least
 * @returns `judged`: the answers' first candidates, each judged by a model that saw none of its product's queries
 * @throws RangeError on fewer products
 */
export function fitStage(
  kind: EvidenceKind,
  observations: readonly Observation[],
): { stage: FittedStage; judged: Judged[] } {
  const scaling = scalingOf(judgeOutOfFold(kind, observations, NO_SCALING));
  const judged = judgeOutOfFold(kind, observations, scaling);
  const model = scaled(fit(samplesOf(observations)), scaling);
  return { stage: { features: [...FEATURES[kind]], model, ...histogramsOf(judged) }, judged };
}

/** Six digits: what a calibration's file holds. */
export function roundCalibration<T>(calibration: T): T {
  return JSON.parse(
    JSON.stringify(calibration, (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value)),
  );
}

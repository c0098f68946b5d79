import type { Recalibration } from "../../shared/contract/calibration.ts";
import type { Calibration } from "../match/calibration.ts";
import type { EvidenceKind } from "../match/evidence.ts";
import { calibrationError, fitStage, type Judged, judgeAll } from "./fit.ts";
import type { Observation } from "./observation.ts";

/** Answers below which a fit says more of these than of the next one. */
const LEAST = 120;
/** Of them, products that are there and such that are left out. */
const LEAST_EACH = 30;
const KINDS: readonly EvidenceKind[] = ["visual", "verified", "worded", "text"];

/** Standard errors by which a fit must be better: its scaling has seen the answers that it is judged by. */
const CLEARLY = 2;

/** Negative log-likelihood of whether the first candidate is right: a proper score, which no shift of figures can please. */
function lossOf({ confidence, side, weight }: Judged): number {
  const p = Math.min(0.999, Math.max(0.001, confidence));
  return -weight * Math.log(side === "right" ? p : 1 - p);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Its weighted mean. */
function logLoss(judged: readonly Judged[]): number {
  return sumOf(judged.map(lossOf)) / sumOf(judged.map(({ weight }) => weight));
}

/** Whether one judges the same answers clearly better than the other; a product's answers are no independent evidence. */
function isClearlyBetter(one: readonly Judged[], other: readonly Judged[]): boolean {
  const gains = new Map<string, number>();
  const add = (judged: readonly Judged[], sign: number) => {
    for (const each of judged) gains.set(each.sku, (gains.get(each.sku) ?? 0) + sign * lossOf(each));
  };
  add(other, 1);
  add(one, -1);
  const values = [...gains.values()];
  const mean = sumOf(values) / values.length;
  const variance = sumOf(values.map((value) => (value - mean) ** 2)) / Math.max(1, values.length - 1);
  return mean > CLEARLY * Math.sqrt(variance / values.length);
}

export interface Refit {
  calibration: Calibration;
  kinds: Recalibration["kinds"];
  /** Whether any kind was replaced, and what stays belongs to the same encoder. */
  taken: boolean;
}

const round = (value: number) => Number(value.toPrecision(4));

/**
 * Fits each kind of evidence anew and takes the fit where, judged out of fold, it is clearly better than the calibration that ships
 * with the app on the same answers.
 * @param shipped stays for the kinds that it is better at, or too little was seen of
 */
export function refit(observations: readonly Observation[], shipped: Calibration, fingerprint: string): Refit {
  const fits = shipped.fingerprint === fingerprint;
  // Of pictures and words in one space another encoder says nothing.
  const { depicted, ...always } = shipped.kinds;
  const kinds: Calibration["kinds"] = fits && depicted !== undefined ? { ...always, depicted } : always;
  const report: Recalibration["kinds"] = [];
  for (const kind of KINDS) {
    const own = observations.filter((one) => one.kind === kind);
    const present = own.filter((one) => one.present).length;
    const enough = own.length >= LEAST && present >= LEAST_EACH && own.length - present >= LEAST_EACH;
    const before = own.length === 0 ? null : judgeAll(shipped, own);
    if (!enough || before === null) {
      report.push({ kind, answers: own.length, before: null, after: null, taken: false });
      continue;
    }
    const { stage, judged } = fitStage(kind, own);
    const figures = (all: readonly Judged[]) => ({ logLoss: round(logLoss(all)), ece: round(calibrationError(all)) });
    const taken = isClearlyBetter(judged, before);
    if (taken) kinds[kind] = stage;
    report.push({ kind, answers: own.length, before: figures(before), after: figures(judged), taken });
  }
  const replaced = new Set(report.filter(({ taken }) => taken).map(({ kind }) => kind));
  // What another encoder was measured with must not pass for this one's where pictures are judged.
  const taken = fits ? replaced.size > 0 : replaced.has("visual") && replaced.has("verified");
  return { calibration: { fingerprint, measuredOn: "", kinds }, kinds: report, taken };
}

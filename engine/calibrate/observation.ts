import type { EvidenceKind } from "../match/evidence.ts";
import type { Sample } from "../match/logistic.ts";

export interface ObservedCandidate {
  sku: string;
  /** As `FEATURES[kind]` names them. */
  features: readonly number[];
}

/** One answer to a question whose right product is known: what a calibration is fitted on. */
export interface Observation {
  kind: EvidenceKind;
  /** The product that was asked for. */
  sku: string;
  /** Whether it was among those searched; where it was left out, every candidate is a wrong one. */
  present: boolean;
  candidates: readonly ObservedCandidate[];
  /** How much it counts beside others; 1 unless said. */
  weight?: number;
}

/** Absent products count half: about one photo in three shows a thing that the catalogue does not have. */
const ABSENT_WEIGHT = 0.5;

export function weightOf({ present, weight = 1 }: Pick<Observation, "present" | "weight">): number {
  return weight * (present ? 1 : ABSENT_WEIGHT);
}

/** A sample a candidate: labelled 1 where it is the product that was asked for. */
export function samplesOf(observations: readonly Observation[]): Sample[] {
  return observations.flatMap((one) =>
    one.candidates.map(({ sku, features }): Sample => {
      const label = one.present && sku === one.sku ? 1 : 0;
      return { features, label, weight: weightOf(one) };
    }),
  );
}

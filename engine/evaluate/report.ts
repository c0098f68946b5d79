import type { Verdict } from "../../shared/contract/match.ts";
import type { EvaluationReport } from "../../shared/contract/system.ts";
import { auroc, bootstrapInterval, mean, seededRandom } from "./metrics.ts";

/** One made query, asked twice: with its product in the catalogue, and with it left out. */
export interface Trial {
  sku: string;
  transformation: string;
  /** Place of the right product, from 1; null where it is not among the candidates. */
  rank: number | null;
  confidence: number;
  verdict: Verdict;
  /** Of the first candidate when the right product was left out. */
  absentConfidence: number;
  absentVerdict: Verdict;
}

const round = (value: number) => Math.round(value * 1e4) / 1e4;

function shares(verdicts: readonly Verdict[]): Record<Verdict, number> {
  const share = (wanted: Verdict) =>
    round(verdicts.filter((one) => one === wanted).length / Math.max(1, verdicts.length));
  return { match: share("match"), similar: share("similar"), none: share("none") };
}

/** @param seed of the bootstrap, so that the same trials give the same intervals */
export function reportOf(
  trials: readonly Trial[],
  seed: number,
): Omit<EvaluationReport, "products" | "fingerprint" | "seconds"> {
  const groups = [...Map.groupBy(trials, (trial) => trial.sku).values()];
  const figure = (statistic: (sample: readonly Trial[]) => number) => {
    const [low, high] = bootstrapInterval(groups, statistic, seededRandom(seed));
    return {
      value: round(statistic(trials)),
      interval: [round(low), round(high)] as [number, number],
      n: trials.length,
    };
  };
  const recall = (k: number) => (sample: readonly Trial[]) =>
    mean(sample.map((one) => (one.rank !== null && one.rank <= k ? 1 : 0)));
  const matched = trials.filter((one) => one.verdict === "match");
  return {
    queries: trials.length,
    recallAt1: figure(recall(1)),
    recallAt5: figure(recall(5)),
    auroc: figure((sample) =>
      auroc(
        sample.map((one) => one.confidence),
        sample.map((one) => one.absentConfidence),
      ),
    ),
    verdicts: {
      present: shares(trials.map((one) => one.verdict)),
      absent: shares(trials.map((one) => one.absentVerdict)),
    },
    matchPrecision:
      matched.length === 0 ? null : round(matched.filter((one) => one.rank === 1).length / matched.length),
    byTransformation: [...Map.groupBy(trials, (trial) => trial.transformation)].map(([name, sample]) => ({
      name,
      recallAt1: round(recall(1)(sample)),
      n: sample.length,
    })),
  };
}

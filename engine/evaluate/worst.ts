import type { WorstQuery } from "../../shared/contract/evaluation-report.ts";
import { isRight, rounded } from "./figures.ts";
import { DECIDING } from "./systems.ts";
import type { Ask, Trial } from "./trial.ts";

/** The queries that went wrong, the surest mistakes first: they cost a user most. */

const SHOWN = 48;

export interface Mistake {
  trial: Trial;
  asked: WorstQuery["asked"];
  ask: Ask;
  badness: number;
}

/** What was given to a product that is not the one, less what the right one got; null where nothing went wrong. */
function badnessOf(ask: Ask, asked: Mistake["asked"]): number | null {
  if (asked === "absent") return ask.verdict === "match" ? ask.confidence : null;
  if (!isRight(ask)) return ask.confidence + (1 - (ask.own ?? 0));
  return ask.verdict === "none" ? 1 - ask.confidence : null;
}

export function worstOf(trials: readonly Trial[]): Mistake[] {
  return trials
    .flatMap((trial) =>
      (["present", "absent"] as const).flatMap((asked): Mistake[] => {
        const ask = trial.systems[DECIDING]?.[asked] ?? null;
        const badness = ask === null ? null : badnessOf(ask, asked);
        return ask === null || badness === null ? [] : [{ trial, asked, ask, badness }];
      }),
    )
    .sort((a, b) => b.badness - a.badness || a.trial.query - b.trial.query)
    .slice(0, SHOWN);
}

type Named = NonNullable<WorstQuery["wanted"]>;

/** @param products those that are named in it, by SKU */
export function describeMistake({ trial, asked, ask }: Mistake, products: ReadonlyMap<string, Named>): WorstQuery {
  const named = (sku: string | null) =>
    sku === null ? null : (products.get(sku) ?? { sku, name: sku, picture: null });
  return {
    ...{ query: trial.query, label: trial.label, asked, runId: trial.runId },
    picture: trial.runId === null ? "kept" : "run",
    wanted: asked === "absent" ? null : named(trial.sku),
    given: named(ask.first),
    ...{ rank: ask.rank, confidence: rounded(ask.confidence), verdict: ask.verdict },
  };
}

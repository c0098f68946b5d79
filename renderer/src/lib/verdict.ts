import type { MatchResult, Verdict } from "../../../shared/contract/match.ts";
import { formatPercent } from "./format.ts";

export const VERDICT_LABEL: Record<Verdict, string> = {
  match: "Match",
  similar: "Similar",
  none: "Not in the catalogue",
};

/** Colour names of the theme; the words beside them say the same. */
export const VERDICT_COLOR: Record<Verdict, string> = { match: "pine", similar: "amber", none: "slate" };

interface Wording {
  headline: string;
  detail: string;
}

/** The answer as a shop assistant would say it. */
export function verdictWording(result: Pick<MatchResult, "verdict" | "matches">): Wording {
  const [best] = result.matches;
  if (best === undefined) {
    return { headline: "The catalogue is empty", detail: "Add products or import a list, then ask again." };
  }
  const sure = formatPercent(best.confidence);
  switch (result.verdict) {
    case "match":
      return {
        headline: `This is ${best.name}`,
        detail: best.barcode === null ? `${sure} sure` : `Found by its barcode ${best.barcode}`,
      };
    case "similar":
      return { headline: `Looks like ${best.name}`, detail: `${sure} sure: compare the two before you rely on it` };
    case "none":
      return { headline: "Not in the catalogue", detail: `The nearest product is the one with ${sure} only` };
  }
}

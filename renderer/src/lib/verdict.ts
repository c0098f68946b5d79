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

type Answer = Pick<MatchResult, "verdict" | "matches" | "picture" | "variants">;

function toldFrom(variants: MatchResult["variants"]): string {
  const others = (variants?.products.length ?? 1) - 1;
  return others < 1 ? "" : `, told from ${others === 1 ? "its variant" : `${others} variants`}`;
}

/** At most two by name, so that the line stays one. */
function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" or ");
  return `${names[0]} or ${names.length - 1} others`;
}

/** The answer as a shop assistant would say it. Words fit several products; a picture shows one. */
export function verdictWording({ verdict, matches, picture, variants }: Answer): Wording {
  const [best] = matches;
  if (best === undefined) {
    return { headline: "The catalogue is empty", detail: "Add products or import a list, then ask again." };
  }
  if (best.barcode !== null) {
    return { headline: `This is ${best.name}`, detail: `Found by its barcode ${best.barcode}` };
  }
  const sure = formatPercent(best.confidence);
  const words = picture === null;
  if (variants !== undefined && !variants.told) {
    const others = variants.products.filter(({ sku }) => sku !== best.sku).map(({ name }) => name);
    return {
      headline: `One of ${variants.products.length} variants: ${best.name}`,
      detail: `${formatPercent(variants.confidence)} sure that it is this or ${listed(others)}; what is seen does not tell them apart`,
    };
  }
  switch (verdict) {
    case "match":
      return {
        headline: `${words ? "Best fit:" : "This is"} ${best.name}`,
        detail: `${sure} sure${toldFrom(variants)}`,
      };
    case "similar":
      return words
        ? { headline: `Nearest to your words: ${best.name}`, detail: `${sure} sure: others below may fit as well` }
        : { headline: `Looks like ${best.name}`, detail: `${sure} sure: compare the two before you rely on it` };
    case "none":
      return {
        headline: words ? "Nothing in the catalogue fits" : "Not in the catalogue",
        detail: `The nearest product: ${sure} sure`,
      };
  }
}

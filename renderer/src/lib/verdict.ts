import type { MatchResult, Verdict } from "../../../shared/contract/match.ts";
import { formatPercent } from "./format.ts";
import { type Message, msg, t } from "./i18n/i18n.ts";

const LABELS: Record<Verdict, Message> = {
  match: msg("Match"),
  similar: msg("Similar"),
  none: msg("Not in the catalogue"),
};

export const verdictLabel = (verdict: Verdict): string => t(LABELS[verdict]);

/** Colour names of the theme; the words beside them say the same. */
export const VERDICT_COLOR: Record<Verdict, string> = { match: "pine", similar: "amber", none: "slate" };

interface Wording {
  headline: string;
  detail: string;
}

type Answer = Pick<MatchResult, "verdict" | "matches" | "picture" | "variants">;

function toldFrom(variants: MatchResult["variants"]): string {
  const others = (variants?.products.length ?? 1) - 1;
  if (others < 1) return "";
  return `, ${t("told from {others, plural, one {its variant} other {# variants}}", { others })}`;
}

/** At most two by name, so that the line stays one. */
function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(` ${t("or")} `);
  return t("{name} or {count} others", { name: names[0] ?? "", count: names.length - 1 });
}

/** The answer as a shop assistant would say it. Words fit several products; a picture shows one. */
export function verdictWording({ verdict, matches, picture, variants }: Answer): Wording {
  const [best] = matches;
  if (best === undefined) {
    return { headline: t("The catalogue is empty"), detail: t("Add products or import a list, then ask again.") };
  }
  const { name } = best;
  if (best.barcode !== null) {
    return {
      headline: t("This is {name}", { name }),
      detail: t("Found by its barcode {barcode}", { barcode: best.barcode }),
    };
  }
  const sure = formatPercent(best.confidence);
  const words = picture === null;
  if (variants !== undefined && !variants.told) {
    const others = variants.products.filter(({ sku }) => sku !== best.sku).map((other) => other.name);
    return {
      headline: t("One of {count} variants: {name}", { count: variants.products.length, name }),
      detail: t("{sure} sure that it is this or {others}; what is seen does not tell them apart", {
        sure: formatPercent(variants.confidence),
        others: listed(others),
      }),
    };
  }
  switch (verdict) {
    case "match":
      return {
        headline: words ? t("Best fit: {name}", { name }) : t("This is {name}", { name }),
        detail: `${t("{sure} sure", { sure })}${toldFrom(variants)}`,
      };
    case "similar":
      return words
        ? {
            headline: t("Nearest to your words: {name}", { name }),
            detail: t("{sure} sure: others below may fit as well", { sure }),
          }
        : {
            headline: t("Looks like {name}", { name }),
            detail: t("{sure} sure: compare the two before you rely on it", { sure }),
          };
    case "none":
      return {
        headline: words ? t("Nothing in the catalogue fits") : t("Not in the catalogue"),
        detail: t("The nearest product: {sure} sure", { sure }),
      };
  }
}

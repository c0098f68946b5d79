import type { Verdict } from "../../../shared/contract/match.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { verdictLabel } from "../lib/verdict.ts";
import type { LegendEntry } from "./colours.ts";

export function legendWords({ kind, key, range }: LegendEntry): string {
  switch (kind) {
    case "category":
      return key === "" ? t("No category") : key;
    case "others":
      return t("Other categories");
    case "verdict":
      return verdictLabel(key as Verdict);
    case "unseen":
      return t("In no answer lately");
    case "price":
      return range === undefined ? key : `${formatCount(range[0])} – ${formatCount(range[1])}`;
    case "priceless":
      return t("Price not known");
  }
}

import type { Verdict } from "../../../shared/contract/match.ts";
import { formatCount } from "../lib/format.ts";
import { VERDICT_LABEL } from "../lib/verdict.ts";
import type { LegendEntry } from "./colours.ts";

export function legendWords({ kind, key, range }: LegendEntry): string {
  switch (kind) {
    case "category":
      return key === "" ? "No category" : key;
    case "others":
      return "Other categories";
    case "verdict":
      return VERDICT_LABEL[key as Verdict];
    case "unseen":
      return "In no answer lately";
    case "price":
      return range === undefined ? key : `${formatCount(range[0])} – ${formatCount(range[1])}`;
    case "priceless":
      return "Price not known";
  }
}

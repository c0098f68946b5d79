import type { MapPoints } from "../../../shared/contract/map.ts";
import type { Verdict } from "../../../shared/contract/match.ts";

/** What a point's colour says, and the legend beside it. */

export const COLOURINGS = ["category", "price", "verdict"] as const;
export type Colouring = (typeof COLOURINGS)[number];

export interface LegendEntry {
  /** Category or verdict; empty for what has none, and for the rest that has no colour of its own. */
  key: string;
  kind: "category" | "others" | "verdict" | "unseen" | "price" | "priceless";
  /** Of price: from the first up to the second. */
  range?: readonly [number, number];
  colour: string;
  count: number;
}

export interface Colours {
  legend: LegendEntry[];
  /** Of each point, its place in the legend. */
  groups: Uint8Array;
}

/** Told apart by people with any colour vision, on light and on dark (after Okabe and Ito, and Tableau). */
const PALETTE = [
  ...["#0a8f7a", "#d97706", "#3b82f6", "#c2417c", "#8b5cf6", "#65a30d"],
  ...["#dc4a3d", "#0ea5b7", "#a16207", "#6b7fd7", "#b45fc9", "#5b8c5a"],
];
const REST = "#8a949e";
/** From low to high. */
const STEPS = ["#3b4cc0", "#5f8bd8", "#46a6a0", "#c9a13b", "#e07b39", "#c43a31"];
const VERDICTS: Record<Verdict, string> = { match: "#0a8f7a", similar: "#d97706", none: "#8b5cf6" };

function byCategory({ category, categories, skus }: MapPoints): Colours {
  const shown = Math.min(categories.length, PALETTE.length);
  const legend: LegendEntry[] = categories
    .slice(0, shown)
    .map((key, at) => ({ key, kind: "category", colour: PALETTE[at] ?? REST, count: 0 }));
  if (categories.length > shown) legend.push({ key: "", kind: "others", colour: REST, count: 0 });
  const groups = Uint8Array.from(skus, (_, at) => Math.min(category[at] ?? 0, legend.length - 1));
  return counted(legend, groups);
}

/** In steps of as many products each: prices have long tails. Of several currencies, amounts are compared as they are. */
function byPrice({ price }: MapPoints): Colours {
  const known = price.filter((one) => one !== null).sort((a, b) => a - b);
  const bounds = [...new Set(STEPS.map((_, at) => known[Math.floor((at * known.length) / STEPS.length)] ?? 0))];
  const legend: LegendEntry[] =
    known.length === 0
      ? []
      : bounds.map((from, at) => ({
          ...{ key: String(at), kind: "price", range: [from, bounds[at + 1] ?? known.at(-1) ?? from] as const },
          ...{ colour: STEPS[Math.floor((at * STEPS.length) / bounds.length)] ?? REST, count: 0 },
        }));
  legend.push({ key: "", kind: "priceless", colour: REST, count: 0 });
  const groups = Uint8Array.from(price, (one) =>
    one === null ? legend.length - 1 : bounds.findLastIndex((from) => one >= from),
  );
  return counted(legend, groups);
}

function byVerdict({ skus }: MapPoints, verdicts: ReadonlyMap<string, Verdict>): Colours {
  const kinds = Object.keys(VERDICTS) as Verdict[];
  const legend: LegendEntry[] = [
    ...kinds.map((key): LegendEntry => ({ key, kind: "verdict", colour: VERDICTS[key], count: 0 })),
    { key: "", kind: "unseen", colour: REST, count: 0 },
  ];
  const groups = Uint8Array.from(skus, (sku) => {
    const verdict = verdicts.get(sku);
    return verdict === undefined ? kinds.length : kinds.indexOf(verdict);
  });
  return counted(legend, groups);
}

function counted(legend: LegendEntry[], groups: Uint8Array): Colours {
  for (const group of groups) {
    const entry = legend[group];
    if (entry !== undefined) entry.count++;
  }
  return { legend, groups };
}

export function coloursOf(points: MapPoints, by: Colouring, verdicts: ReadonlyMap<string, Verdict>): Colours {
  if (by === "price") return byPrice(points);
  return by === "verdict" ? byVerdict(points, verdicts) : byCategory(points);
}

const channel = (colour: string, at: number) => Number.parseInt(colour.slice(1 + at * 2, 3 + at * 2), 16);
const OPAQUE = 225;
const FAINT = 36;

/**
 * @param bright whether a point stands out; the others are there, faintly
 * @returns uint8 [points, 4], red, green, blue, alpha
 */
export function pixelsOf({ legend, groups }: Colours, bright: (at: number) => boolean): Uint8Array {
  const pixels = new Uint8Array(groups.length * 4);
  const channels = legend.map(({ colour }) => [0, 1, 2].map((at) => channel(colour, at)));
  for (const [at, group] of groups.entries()) {
    pixels.set([...(channels[group] ?? [0, 0, 0]), bright(at) ? OPAQUE : FAINT], at * 4);
  }
  return pixels;
}

import type { ComponentType } from "react";
import { fitOf } from "./fit.ts";
import type { Used } from "./recent.ts";

/** What a group of entries is called: its words stand in palette.tsx. */
export type GroupName = "recent" | "pages" | "actions" | "products" | "settings" | "runs" | "elsewhere";

export interface Entry {
  /** The same each time: what was used is remembered by it. */
  id: string;
  group: GroupName;
  title: string;
  /** What tells it from others of the same title. */
  detail?: string;
  /** Found by these too: other words for it, its English name, an article number. */
  words?: string;
  /** Found by these only beside one of its own words: where it belongs. */
  context?: string;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  /** Address of a picture in the icon's place; null where there is none to show. */
  picture?: string | null;
  /** Of a product, what is to be shown of it when it was used last. */
  product?: NonNullable<Used["product"]>;
  /** Keys that do the same. */
  keys?: string;
  run: () => void;
}

export interface Group {
  name: GroupName;
  entries: readonly Entry[];
}

/** More of a group would push the others out of sight. */
const MOST: Record<GroupName, number> = {
  recent: 5,
  pages: 6,
  actions: 6,
  products: 6,
  settings: 6,
  runs: 4,
  elsewhere: 3,
};

/** How well found products fit: the catalogue has searched already, so no worse than the start of a word. */
export const PRODUCT_FIT = 3;

/** Before anything is typed: what was used last, then everything, each group in its own order. */
export function groupsAtRest(entries: readonly Entry[], recent: readonly Entry[]): Group[] {
  const used = new Set(recent.map(({ id }) => id));
  const of = (name: GroupName) => entries.filter(({ group, id }) => group === name && !used.has(id));
  return [
    { name: "recent" as const, entries: recent.slice(0, MOST.recent) },
    { name: "pages" as const, entries: of("pages") },
    { name: "actions" as const, entries: of("actions") },
    { name: "runs" as const, entries: of("runs").slice(0, MOST.runs) },
  ].filter((group) => group.entries.length > 0);
}

interface Fitting {
  entry: Entry;
  fit: number;
}

/**
 * What fits what was typed: groups by their best entry, entries by how well they fit, then by how lately they were used.
 * @param found the catalogue's answer, in its own order
 * @param elsewhere what can be done with any words: always there, always last
 * @param recent ids of what was used, the last first
 */
export function groupsFor(
  text: string,
  entries: readonly Entry[],
  { found, elsewhere, recent }: { found: readonly Entry[]; elsewhere: readonly Entry[]; recent: readonly string[] },
): Group[] {
  const place = ({ id }: Entry) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  const fitting = entries.flatMap((entry): Fitting[] => {
    const fit = fitOf(text, entry);
    return fit === null ? [] : [{ entry, fit }];
  });
  fitting.sort((a, b) => b.fit - a.fit || place(a.entry) - place(b.entry));
  const groups = new Map<GroupName, Fitting[]>();
  for (const one of fitting) groups.set(one.entry.group, [...(groups.get(one.entry.group) ?? []), one]);
  if (found.length > 0) {
    groups.set(
      "products",
      found.map((entry) => ({ entry, fit: PRODUCT_FIT })),
    );
  }
  const best = ([, [first]]: [GroupName, Fitting[]]) => first?.fit ?? 0;
  return [
    ...[...groups]
      .sort((a, b) => best(b) - best(a))
      .map(([name, of]) => ({ name, entries: of.slice(0, MOST[name]).map(({ entry }) => entry) })),
    { name: "elsewhere", entries: elsewhere },
  ];
}

/** Whether what stands first would stay first, whatever the catalogue finds. */
export function isSure(text: string, groups: readonly Group[]): boolean {
  const first = groups[0]?.entries[0];
  return first !== undefined && first.group !== "elsewhere" && (fitOf(text, first) ?? 0) > PRODUCT_FIT;
}

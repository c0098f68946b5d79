/** Which products are chosen: some by their SKUs, or all that fit the filter but some. */
export type Chosen = { kind: "some"; skus: ReadonlySet<string> } | { kind: "all"; except: ReadonlySet<string> };

export const NOTHING: Chosen = { kind: "some", skus: new Set() };
export const EVERYTHING: Chosen = { kind: "all", except: new Set() };

export function isChosen(chosen: Chosen, sku: string): boolean {
  return chosen.kind === "some" ? chosen.skus.has(sku) : !chosen.except.has(sku);
}

/** @param total products that fit the filter */
export function countOf(chosen: Chosen, total: number): number {
  return chosen.kind === "some" ? chosen.skus.size : Math.max(0, total - chosen.except.size);
}

/** Chooses these, or lets go of them. */
export function withChosen(chosen: Chosen, skus: Iterable<string>, wanted: boolean): Chosen {
  const next = new Set(chosen.kind === "some" ? chosen.skus : chosen.except);
  const into = (chosen.kind === "some") === wanted;
  for (const sku of skus) {
    if (into) next.add(sku);
    else next.delete(sku);
  }
  return chosen.kind === "some" ? { kind: "some", skus: next } : { kind: "all", except: next };
}

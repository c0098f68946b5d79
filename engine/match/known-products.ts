import type { Product } from "../../shared/contract/domain.ts";
import type { Catalog } from "../catalog/port.ts";

/** The products of these SKUs, by SKU; those that the catalogue no longer has are left out. */
export type KnownProducts = (skus: readonly string[]) => Promise<ReadonlyMap<string, Product>>;

/** Reads each product once an answer, however many of its stages ask: a read costs as much as a search. */
export function rememberProducts(catalog: Pick<Catalog, "getMany">): KnownProducts {
  const asked = new Set<string>();
  const known = new Map<string, Product>();
  return async (skus) => {
    const unknown = skus.filter((sku) => !asked.has(sku));
    if (unknown.length > 0) {
      for (const product of await catalog.getMany(unknown)) known.set(product.sku, product);
      for (const sku of unknown) asked.add(sku);
    }
    return known;
  };
}

import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Catalog } from "../../catalog/port.ts";
import type { Collection, Point } from "../../index/port.ts";
import { createReconciler } from "../../index/reconciler.ts";
import { oneTarget } from "../../index/testing/one-target.ts";

/** The app's own reconciler over a collection that keeps SKUs alone: imports are tested without an encoder. */
export function startIndexer(catalog: Catalog, embedMs = 0) {
  const indexed = new Map<string, readonly Point[]>();
  const collection: Collection = {
    spec: { image: { fingerprint: "none", dimensions: 1 }, text: { fingerprint: "none", dimensions: 1 } },
    async replaceProducts(products) {
      for (const { sku, points } of products) indexed.set(sku, points);
    },
    async deleteProducts(skus) {
      for (const sku of skus) indexed.delete(sku);
    },
    search: async () => [],
    count: async () => ({ image: 0, text: indexed.size }),
    read: async (skus) => skus.map((sku) => ({ sku, points: indexed.get(sku) ?? [] })),
    skus: async () => new Set(indexed.keys()),
  };
  const indexer = createReconciler({
    catalog,
    targets: oneTarget({
      collection,
      async embed({ product }) {
        if (embedMs > 0) await new Promise((resolve) => setTimeout(resolve, embedMs));
        if (product.description === "can't be indexed") {
          throw new ShelfmatchError("IMAGE_UNREADABLE", `${product.sku} can't be embedded`);
        }
        return [];
      },
    }),
    log: () => undefined,
  });
  return { indexer, indexed };
}

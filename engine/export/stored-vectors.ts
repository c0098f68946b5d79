import { CATALOGUE_VIEWS } from "../encode/views.ts";
import type { Collection } from "../index/port.ts";
import type { StoredVectors } from "./parquet.ts";

/** The embeddings of a collection, by picture, in the precision in which it keeps them. */
export function storedVectors(collection: Collection): StoredVectors {
  const { fingerprint, dimensions } = collection.spec.image;
  return {
    fingerprint,
    dimensions,
    views: CATALOGUE_VIEWS,
    async read(products) {
      const found = await collection.read(products.map(({ sku }) => sku));
      const byId = new Map(found.flatMap(({ points }) => points.map(({ id, vector }) => [id, vector.values] as const)));
      return ({ sku }, { hash }) => {
        const views = CATALOGUE_VIEWS.map((view) => byId.get(`${sku}/${hash}/${view}`));
        const all = new Float32Array(CATALOGUE_VIEWS.length * dimensions);
        for (const [at, values] of views.entries()) {
          if (values === undefined || values.length !== dimensions) return null;
          all.set(values, at * dimensions);
        }
        return all;
      };
    },
  };
}

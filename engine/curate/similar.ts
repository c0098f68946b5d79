import type { Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import type { Neighbour } from "../services.ts";

/** Vectors that a product is searched by, at most: one view of each picture. */
const PICTURES = 6;

/**
 * The nearest other products: by the likest of its pictures, or by its text where it has none.
 * @throws ShelfmatchError PRODUCT_NOT_FOUND
 */
export async function nearest(
  catalog: Catalog,
  collection: Collection,
  sku: string,
  top: number,
  signal?: AbortSignal,
): Promise<Neighbour[]> {
  await catalog.get(sku);
  const [own] = await collection.read([sku]);
  const views = new Map<string, Float32Array>();
  let text: Float32Array | undefined;
  for (const { vector, payload } of own?.points ?? []) {
    if (vector.name === "text") text = vector.values;
    else if (payload.pictureHash !== null && !views.has(payload.pictureHash))
      views.set(payload.pictureHash, vector.values);
  }
  const name = views.size > 0 ? ("image" as const) : ("text" as const);
  const vectors = name === "image" ? [...views.values()].slice(0, PICTURES) : text === undefined ? [] : [text];
  const best = new Map<string, number>();
  for (const vector of vectors) {
    const filter = { excludeSkus: [sku] };
    const request = { name, vector, limit: top, filter, ...(signal === undefined ? {} : { signal }) };
    for (const hit of await collection.search(request)) {
      best.set(hit.sku, Math.max(best.get(hit.sku) ?? -1, hit.similarity));
    }
  }
  const order = [...best].sort(([, a], [, b]) => b - a).slice(0, top);
  const products = await catalog.getMany(order.map(([other]) => other));
  const by = name === "image" ? ("picture" as const) : ("text" as const);
  return products.map((product) => ({ product, similarity: best.get(product.sku) ?? 0, by }));
}

import pLimit from "p-limit";
import type { Collection, Point } from "../index/port.ts";
import { pairKey } from "./signs.ts";

/** Products whose vectors are read at once. */
const PAGE = 64;
const AT_ONCE = 4;
/** Nearest other products of each picture. */
const NEIGHBOURS = 5;
/** Pictures of a product that are searched by: one view each. */
const PICTURES = 4;
/** Cosine below which nothing is the same; what is between this and certainty is compared pixel by pixel. */
const LEAST = 0.55;

export interface Nearness {
  similarity: number;
  /** The picture of each product, by SKU, that are this near. */
  pictures: ReadonlyMap<string, string>;
}

/** One vector a picture: the first view that is stored of it. */
function pictureVectors(points: readonly Point[]): { hash: string; values: Float32Array }[] {
  const first = new Map<string, Float32Array>();
  for (const { vector, payload } of points) {
    const { pictureHash } = payload;
    if (vector.name === "image" && pictureHash !== null && !first.has(pictureHash))
      first.set(pictureHash, vector.values);
  }
  return [...first].slice(0, PICTURES).map(([hash, values]) => ({ hash, values }));
}

/**
 * The nearest other products of each, by their pictures' own vectors; as many searches as there are pictures, none of
 * which looks at more than the index does for a question.
 * @returns by `pairKey`
 */
export async function nearestPairs(
  collection: Collection,
  skus: readonly string[],
  onProgress: (products: number) => void,
  signal: AbortSignal,
  neighbours = NEIGHBOURS,
): Promise<Map<string, Nearness>> {
  const limit = pLimit(AT_ONCE);
  const pairs = new Map<string, Nearness>();
  async function searchBy(sku: string, { hash, values }: { hash: string; values: Float32Array }): Promise<void> {
    signal.throwIfAborted();
    const request = { name: "image" as const, vector: values, limit: neighbours, signal };
    for (const hit of await collection.search({ ...request, filter: { excludeSkus: [sku] } })) {
      if (hit.similarity < LEAST || hit.pictureHash === null) continue;
      const key = pairKey(sku, hit.sku);
      if ((pairs.get(key)?.similarity ?? -1) >= hit.similarity) continue;
      const pictures = new Map([
        [sku, hash],
        [hit.sku, hit.pictureHash],
      ]);
      pairs.set(key, { similarity: hit.similarity, pictures });
    }
  }
  for (let at = 0; at < skus.length; at += PAGE) {
    signal.throwIfAborted();
    const read = await collection.read(skus.slice(at, at + PAGE));
    await Promise.all(
      read.flatMap(({ sku, points }) => pictureVectors(points).map((vector) => limit(() => searchBy(sku, vector)))),
    );
    onProgress(Math.min(skus.length, at + PAGE));
  }
  return pairs;
}

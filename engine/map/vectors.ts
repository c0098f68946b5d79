import type { Collection, VectorName } from "../index/port.ts";

/** The vectors that a map is laid out of: one a product, the mean of its views and pictures. */

/** Products that one call reads. */
const PAGE = 500;
/** Products that the axes are found by. */
const SAMPLE = 6_000;

/** Of unit length; null where the product has no such point. */
function meanOf(points: readonly { vector: { name: VectorName; values: Float32Array } }[], name: VectorName) {
  const own = points.filter(({ vector }) => vector.name === name);
  const [first] = own;
  if (first === undefined) return null;
  const mean = new Float32Array(first.vector.values.length);
  for (const { vector } of own) {
    for (let d = 0; d < mean.length; d++) mean[d] = (mean[d] ?? 0) + (vector.values[d] ?? 0);
  }
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? null : mean.map((value) => value / length);
}

function joined(vectors: readonly Float32Array[], dimensions: number): Float32Array {
  const all = new Float32Array(vectors.length * dimensions);
  for (const [at, vector] of vectors.entries()) all.set(vector, at * dimensions);
  return all;
}

/** Every so-manieth, so that the whole is stood for. */
function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(items.length, most) }, (_, at) => items[Math.floor(at * step)] as T);
}

/**
 * Reads the vectors of products page by page, as those come that have one.
 * @param skus in the order wanted
 */
export function vectorsOf(collection: Collection, name: VectorName, skus: readonly string[]) {
  const { dimensions } = collection.spec[name];

  async function* pages(some: readonly string[]): AsyncGenerator<{ sku: string; vector: Float32Array }[]> {
    for (let at = 0; at < some.length; at += PAGE) {
      const products = await collection.read(some.slice(at, at + PAGE));
      yield products.flatMap(({ sku, points }) => {
        const vector = meanOf(points, name);
        return vector === null ? [] : [{ sku, vector }];
      });
    }
  }

  return {
    dimensions,
    /** float32 [some, dimensions] of products spread over all. */
    async sample(): Promise<Float32Array> {
      const vectors: Float32Array[] = [];
      for await (const page of pages(spread(skus, SAMPLE))) vectors.push(...page.map(({ vector }) => vector));
      return joined(vectors, dimensions);
    },
    /** float32 [some, dimensions] each. @param onSkus is told whose they are, before they come */
    async *all(onSkus: (skus: readonly string[]) => void): AsyncGenerator<Float32Array> {
      for await (const page of pages(skus)) {
        onSkus(page.map(({ sku }) => sku));
        yield joined(
          page.map(({ vector }) => vector),
          dimensions,
        );
      }
    },
  };
}

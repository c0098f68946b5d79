import { seededRandom } from "../evaluate/metrics.ts";
import type { CollectionSpec, Point, PointPayload } from "./port.ts";

/** Collections, vectors and points for the tests of the index. */

export const SPEC: CollectionSpec = {
  image: { fingerprint: "pictures-1", dimensions: 16 },
  text: { fingerprint: "words-1", dimensions: 8 },
};

/** A vector of length 1 that is the same for the same seed; two seeds are far apart. */
export function unitVector(seed: number, dimensions: number): Float32Array {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** A vector at about the given cosine from another. */
export function near(vector: Float32Array, cosine: number, seed = 1): Float32Array {
  const other = unitVector(seed + 1_000_000, vector.length);
  const along = other.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0);
  const across = other.map((value, i) => value - along * (vector[i] ?? 0));
  const length = Math.hypot(...across);
  const sine = Math.sqrt(1 - cosine * cosine);
  return vector.map((value, i) => cosine * value + (sine * (across[i] ?? 0)) / length);
}

export const imageOf = (seed: number) => unitVector(seed, SPEC.image.dimensions);
export const textOf = (seed: number) => unitVector(seed, SPEC.text.dimensions);

const PAYLOAD = { category: "", brand: "", price: null, currency: null };

export function imagePoint(
  sku: string,
  values: Float32Array,
  { hash = "p1", view = 0, ...payload }: Partial<PointPayload> & { hash?: string; view?: number } = {},
): Point {
  return {
    id: `${sku}/${hash}/${view}`,
    vector: { name: "image", values },
    payload: { sku, pictureHash: hash, ...PAYLOAD, ...payload },
  };
}

export function textPoint(sku: string, values: Float32Array, payload: Partial<PointPayload> = {}): Point {
  return {
    id: `${sku}/text`,
    vector: { name: "text", values },
    payload: { sku, pictureHash: null, ...PAYLOAD, ...payload },
  };
}

/** A product of one picture and one text, both made of the seed. */
export function product(sku: string, seed: number, payload: Partial<PointPayload> = {}) {
  return { sku, points: [imagePoint(sku, imageOf(seed), payload), textPoint(sku, textOf(seed), payload)] };
}

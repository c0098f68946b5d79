import type { Schemas } from "@qdrant/js-client-rest";
import type { Point, ProductPoints } from "../port.ts";
import { pointsOfProducts } from "./filter.ts";
import { pointId } from "./names.ts";

/** Cuts what is to be written into requests that a server takes (32 MiB at most, unless its owner said otherwise). */

/** Points of a request or an answer, at most: it comes well within a deadline. */
export const POINTS = 256;
/** JSON of a request, about, in bytes: it is made on the engine's own thread, in some 40 ms, and searches wait. */
const BYTES = 2 ** 20;
/** Digits of a number and its comma. */
const BYTES_A_NUMBER = 12;

/**
 * The vector as JSON takes it, to 8 decimals: half the bytes and half the time of what a float32 looks like as a double,
 * and off by no more than its own precision.
 */
export const toNumbers = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 1e8) / 1e8);

const bytesOf = ({ vector }: Point) => vector.values.length * BYTES_A_NUMBER + 300;

/** Products that are written together, in one request where they fit into one. */
export interface Batch {
  products: ProductPoints[];
}

function* cut<T>(items: Iterable<T>, measure: (item: T) => { points: number; bytes: number }): Generator<T[]> {
  let part: T[] = [];
  let points = 0;
  let bytes = 0;
  for (const item of items) {
    const size = measure(item);
    if (part.length > 0 && (points + size.points > POINTS || bytes + size.bytes > BYTES)) {
      yield part;
      [part, points, bytes] = [[], 0, 0];
    }
    part.push(item);
    points += size.points;
    bytes += size.bytes;
  }
  if (part.length > 0) yield part;
}

export function* batchesOf(products: Iterable<ProductPoints>): Generator<Batch> {
  const measure = ({ points }: ProductPoints) => ({
    points: Math.max(1, points.length),
    bytes: points.reduce((sum, point) => sum + bytesOf(point), 0),
  });
  for (const part of cut(products, measure)) yield { products: part };
}

export const cutSkus = (skus: readonly string[]) => cut(skus, (sku) => ({ points: 0.25, bytes: 2 * sku.length + 16 }));

function toStruct(sku: string, { id, vector, payload }: Point): Schemas["PointStruct"] {
  return {
    id: pointId(sku, id),
    vector: { [vector.name]: toNumbers(vector.values) },
    payload: { ...payload, sku, id },
  };
}

/**
 * The operations of a batch, request by request: first the new points, then, last, away with whatever else these
 * products have. So a product is always found, by old vectors or by new ones, and a crash in between leaves too much,
 * which the next writing of the same products removes.
 */
export function* requestsOf({ products }: Batch): Generator<Schemas["UpdateOperation"][]> {
  const skus = products.map(({ sku }) => sku);
  const keep = products.flatMap(({ sku, points }) => points.map(({ id }) => pointId(sku, id)));
  const removal: Schemas["UpdateOperation"] = { delete: { filter: pointsOfProducts(skus, keep) } };
  const owned = products.flatMap(({ sku, points }) => points.map((point) => ({ sku, point })));
  let waiting: Schemas["UpdateOperation"] | null = null;
  for (const part of cut(owned, ({ point }) => ({ points: 1, bytes: bytesOf(point) }))) {
    if (waiting !== null) yield [waiting];
    waiting = { upsert: { points: part.map(({ sku, point }) => toStruct(sku, point)) } };
  }
  yield waiting === null ? [removal] : [waiting, removal];
}

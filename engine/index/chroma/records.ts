import { z } from "zod";
import type { Point, PointPayload, VectorName } from "../port.ts";

/** Points as Chroma keeps them, and the answers that they come in. */

const metadata = z.object({
  sku: z.string(),
  pictureHash: z.string().optional(),
  category: z.string(),
  brand: z.string(),
  priceMicros: z.int().optional(),
  currency: z.string().optional(),
});

const similar = z.object({ sku: z.string(), pictureHash: z.string().optional() });

/** Of one query: an array an answer, each a list of as many. A record without metadata was deleted in between. */
export const queryReply = z.object({
  distances: z.tuple([z.array(z.number())]),
  metadatas: z.tuple([z.array(similar.nullable())]),
});
export const idsReply = z.object({ ids: z.array(z.string()) });
export const skusReply = z.object({ metadatas: z.array(z.object({ sku: z.string() })) });
export const pointsReply = z.object({
  ids: z.array(z.string()),
  embeddings: z.array(z.array(z.number())),
  metadatas: z.array(metadata),
});
export const countReply = z.int().nonnegative();
/** What deleting and writing say is of no use: deleting counts the ids that it was given. */
export const doneReply = z.unknown();

/** Unique over products: the port's ids are so within one. */
export const recordId = (sku: string, id: string) => JSON.stringify([sku, id]);
const idSchema = z.tuple([z.string(), z.string()]);

/** float32, little-endian, Base64: a quarter of the numbers' digits. */
function encode(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

/**
 * Prices as whole millionths: Chroma keeps whole and broken numbers apart, and finds 20 where 20.01 is the least
 * (seen in 1.5.9). Whole ones alone are compared as they should be.
 */
export const toMicros = (price: number) =>
  Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(price * 1e6)));

/** Body of an upsert. A null takes a field away that an earlier writing had; one that is not named would stay. */
export function toRecords(owned: readonly { sku: string; point: Point }[]) {
  return {
    ids: owned.map(({ sku, point }) => recordId(sku, point.id)),
    embeddings: owned.map(({ point }) => encode(point.vector.values)),
    metadatas: owned.map(({ sku, point }) => {
      const { price, ...rest } = point.payload;
      return { ...rest, sku, priceMicros: price === null ? null : toMicros(price) };
    }),
  };
}

export function toPoints(name: VectorName, reply: z.infer<typeof pointsReply>): { sku: string; point: Point }[] {
  return reply.ids.flatMap((recordId, at) => {
    const [values, stored] = [reply.embeddings[at], reply.metadatas[at]];
    if (values === undefined || stored === undefined) return [];
    const { pictureHash = null, priceMicros, currency = null, ...rest } = stored;
    const price = priceMicros === undefined ? null : priceMicros / 1e6;
    const payload: PointPayload = { ...rest, pictureHash, price, currency };
    const [, id] = idSchema.parse(JSON.parse(recordId));
    return [{ sku: stored.sku, point: { id, vector: { name, values: Float32Array.from(values) }, payload } }];
  });
}

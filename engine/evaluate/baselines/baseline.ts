import type { DecodedPicture } from "../../picture/decode.ts";
import type { Ask } from "../trial.ts";

/** A simple way of finding products, asked the same queries: what the matcher has to be better than. */

export interface CataloguePicture {
  sku: string;
  hash: string;
}

export interface BaselineIndex {
  /** @returns how alike each catalogue picture is, in the order that they were given; higher is more */
  compare(query: DecodedPicture, signal: AbortSignal): Promise<Float64Array>;
}

/** The answer that the similarities give: products by their best picture. */
export function askOf(
  similarities: Float64Array,
  pictures: readonly CataloguePicture[],
  wanted: string | null,
  excluded: ReadonlySet<string>,
): Ask {
  const best = new Map<string, number>();
  for (const [place, { sku }] of pictures.entries()) {
    if (excluded.has(sku)) continue;
    const similarity = similarities[place] ?? Number.NEGATIVE_INFINITY;
    if (similarity > (best.get(sku) ?? Number.NEGATIVE_INFINITY)) best.set(sku, similarity);
  }
  let first: string | null = null;
  let top = 0;
  for (const [sku, similarity] of best) if (first === null || similarity > top) [first, top] = [sku, similarity];
  const own = wanted === null ? undefined : best.get(wanted);
  let rank: number | null = null;
  if (own !== undefined) {
    rank = 1;
    // Of equals it is the last: a hash that can't tell products apart has not found one of them.
    for (const [sku, similarity] of best) if (sku !== wanted && similarity >= own) rank++;
    if (rank === 1) first = wanted;
  }
  return { rank, presence: top, first, confidence: top, own: own ?? null, verdict: null };
}

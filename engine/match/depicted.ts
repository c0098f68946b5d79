import type { Hit } from "../index/port.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import type { RankedCandidate } from "./ranking.ts";

/** How well words fit pictures, as evidence: what a text encoder of the image encoder's space adds to a question. */

/** Of reciprocal rank fusion; the value of its paper (Cormack, Clarke and Buettcher, SIGIR 2009). */
const RANK_CONSTANT = 60;

/**
 * Adds what the pictures' vectors say to the candidates.
 * @param join how many products that only a picture brings up become candidates
 */
export function addDepicted(pool: Map<string, Evidence>, hits: readonly Hit[], join: number): void {
  for (const [place, { sku, similarity, pictureHash }] of hits.entries()) {
    const known = pool.get(sku) ?? (place < join ? blankEvidence(sku) : undefined);
    if (known !== undefined) pool.set(sku, { ...known, textToImage: similarity, pictureHash });
  }
}

/**
 * Candidates in the order of both: how sure the words alone make them, and how well the words fit their pictures. Places
 * are added up and no cosines: nothing says what a cosine of this encoder is worth beside a confidence. Those that a
 * barcode names stay first; confidences stay as they are.
 */
export function inBothOrders(candidates: readonly RankedCandidate[]): RankedCandidate[] {
  const places = (value: (one: RankedCandidate) => number | null) => {
    const known = candidates.filter((one) => value(one) !== null).sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0));
    return new Map(known.map((one, place) => [one.sku, 1 / (RANK_CONSTANT + place + 1)]));
  };
  const orders = [places((one) => one.confidence), places((one) => one.textToImage)];
  const score = ({ sku }: RankedCandidate) => orders.reduce((sum, order) => sum + (order.get(sku) ?? 0), 0);
  const coded = ({ barcode }: RankedCandidate) => (barcode === null ? 0 : 1);
  return candidates.toSorted((a, b) => coded(b) - coded(a) || score(b) - score(a) || b.confidence - a.confidence);
}

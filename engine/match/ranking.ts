import type { Product } from "../../shared/contract/domain.ts";
import { type Calibration, judge } from "./calibration.ts";
import type { Evidence, EvidenceKind } from "./evidence.ts";
import type { KnownProducts } from "./known-products.ts";

export interface RankedCandidate extends Evidence {
  product: Product;
  confidence: number;
}

export interface Ranking {
  candidates: RankedCandidate[];
  /** Probability that the product is in the catalogue at all. */
  presence: number;
  /** Of the first candidate, where variants of it are candidates, too. */
  variants?: {
    /** SKUs, itself among them, best first. */
    skus: string[];
    /** Probability that it is one of them. */
    confidence: number;
    /** Of the confidences that they have between them, the first one's part, 0..1. */
    share: number;
  };
}

/** A barcode with a right check digit: what is left to doubt is a misprint or a wrong catalogue entry. */
const BARCODE_CONFIDENCE = 0.999;

/**
 * Puts candidates in order of their confidence; products that the catalogue no longer has drop out. Those that a barcode names
 * share the certainty between them, and leave the others the rest.
 */
export function createRanker(products: KnownProducts, calibration: Calibration) {
  return async function rank(kind: EvidenceKind, pool: ReadonlyMap<string, Evidence>): Promise<Ranking> {
    const known = await products([...pool.keys()]);
    const evidences = [...pool.values()].filter((one) => known.has(one.sku));
    const coded = evidences.filter((one) => one.barcode !== null).length;
    const { confidences, presence } = judge(calibration, kind, evidences);
    const candidates = evidences
      .flatMap((evidence, index): RankedCandidate[] => {
        const product = known.get(evidence.sku);
        if (product === undefined) return [];
        const own = (confidences[index] ?? 0) * (coded > 0 ? 1 - BARCODE_CONFIDENCE : 1);
        return [{ ...evidence, product, confidence: evidence.barcode === null ? own : BARCODE_CONFIDENCE / coded }];
      })
      .sort((a, b) => b.confidence - a.confidence || (b.image ?? -1) - (a.image ?? -1) || a.sku.localeCompare(b.sku));
    if (coded > 0) return { candidates, presence: BARCODE_CONFIDENCE };
    const variants = variantsOf(kind, candidates);
    if (variants === null) return { candidates, presence };
    return { candidates, presence: Math.max(presence, variants.confidence), variants };
  };

  /**
   * Variants are each other's nearest rivals, so that each looks doubtful. That it is one of them is judged as if only the
   * first of them were there.
   */
  function variantsOf(
    kind: EvidenceKind,
    candidates: readonly RankedCandidate[],
  ): NonNullable<Ranking["variants"]> | null {
    const [first] = candidates;
    const group = first?.product.variantGroup;
    if (group === undefined) return null;
    const members = candidates.filter(({ product }) => product.variantGroup === group);
    if (members.length < 2) return null;
    const others = candidates.filter(({ product }) => product.variantGroup !== group);
    const [confidence = 0] = judge(calibration, kind, first === undefined ? others : [first, ...others]).confidences;
    const sum = members.reduce((total, member) => total + member.confidence, 0);
    return {
      ...{ skus: members.map(({ sku }) => sku), confidence },
      share: sum > 0 ? (first?.confidence ?? 0) / sum : 1 / members.length,
    };
  }
}

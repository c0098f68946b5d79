import type { z } from "zod";
import type { Region } from "../../shared/contract/domain.ts";
import type { matchedPointSchema } from "../../shared/contract/match.ts";
import type { Agreement } from "../verify/agreement.ts";
import type { Differences } from "../verify/sameness.ts";
import { OVERLAID, overlaidColumns } from "./overlaid.ts";

export type MatchedPoint = z.infer<typeof matchedPointSchema>;

/** What is known of one candidate so far; later stages fill in more. */
export interface Evidence {
  sku: string;
  /** Cosine of the visual embeddings; null where the product has no picture near enough to be among the hits. */
  image: number | null;
  pictureHash: string | null;
  /** Whether the picture that `image` is of shows more than the product, of which another picture shows it alone. */
  surrounded: boolean;
  /** The part of the photo that looks most like it; null where that is the whole of it, or it was not compared. */
  part: Region | null;
  /** Cosine of the text embeddings; null where no text was compared. */
  text: number | null;
  /** Cosine of the words' embedding and a picture's, in the space that both encoders share; null where not compared. */
  textToImage: number | null;
  /** Cosine of the embeddings of a model's description and of the product's text; null where not compared. */
  described: number | null;
  /** Share of the query's words that the product's name, brand or category has, 0..1; null without words. */
  overlap: number | null;
  sharedWords: readonly string[];
  /** Local features that agree on one geometry; null where not compared. */
  inliers: number | null;
  points: readonly MatchedPoint[];
  /** How the picture agrees with the photo where it was laid over it; null where it was not. */
  agreement: Agreement | null;
  /** Log-odds that the photo shows the same print and not a sister's; null where they were not looked at side by side. */
  same: number | null;
  /** Where the print differs from the photo's; null where they were not looked at. */
  differences: Differences | null;
  /** Barcode by which the product was looked up. */
  barcode: string | null;
}

/** A candidate of which nothing is known yet. */
export function blankEvidence(sku: string): Evidence {
  return {
    sku,
    image: null,
    pictureHash: null,
    surrounded: false,
    part: null,
    text: null,
    textToImage: null,
    described: null,
    overlap: null,
    sharedWords: [],
    inliers: null,
    points: [],
    agreement: null,
    same: null,
    differences: null,
    barcode: null,
  };
}

/** What confidence is calibrated on: what had been compared when the answer was given. */
export type EvidenceKind = "visual" | "verified" | "worded" | "text" | "depicted";

const SEEN = ["image", "imageGap", "inliers", "inlierGap", ...OVERLAID, "same", "sameBeaten"] as const;

/** Named, so that a stored calibration says what its weights belong to. */
export const FEATURES: Record<EvidenceKind, readonly string[]> = {
  visual: ["image", "imageGap"],
  verified: SEEN,
  worded: [...SEEN, "text", "textGap", "overlap", "overlapGap"],
  text: ["text", "textGap", "overlap", "overlapGap"],
  depicted: ["text", "textGap", "overlap", "overlapGap", "textToImage", "textToImageGap"],
};

/** What two products that share a picture have in common. */
const OF_PICTURES: ReadonlySet<string> = new Set(["image", "inliers", "textToImage"]);

/**
 * By how much two photos of a shelf are more alike than a photo and a shop's picture are, whatever they show (0038). The
 * calibration knows shop's pictures.
 */
const SURROUNDINGS = 0.1;
const imageOf = ({ image, surrounded }: Evidence, floor: number) => (image ?? floor) - (surrounded ? SURROUNDINGS : 0);
const inliersOf = (evidence: Evidence) => Math.log1p(evidence.inliers ?? 0);

/** What is taken of those that were not looked at side by side: as sisters have it. */
export const UNSEEN = -4;
const MOST_ODDS = 6;
const sameOf = ({ same }: Evidence) => Math.min(MOST_ODDS, Math.max(-MOST_ODDS, same ?? UNSEEN));

/** By how much the likeliest rival is likelier the same print, 0 or less; variants that share a picture are none. */
function sameBeaten(candidates: readonly Evidence[]): number[] {
  return candidates.map((one) => {
    const rivals = candidates.filter((other) => other.sku !== one.sku && other.pictureHash !== one.pictureHash);
    return Math.min(0, sameOf(one) - Math.max(UNSEEN, ...rivals.map(sameOf)));
  });
}

/**
 * How far a candidate's value is above (or below) the best of the others. Products that share the very picture (variants
 * often do) are no rivals in what the picture shows: whether the thing is here at all must not depend on their number.
 */
function gap(values: readonly number[], index: number, rivals: (other: number) => boolean): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (i !== index && rivals(i)) best = Math.max(best, values[i] ?? 0);
  return best === Number.NEGATIVE_INFINITY ? 0 : (values[index] ?? 0) - best;
}

/**
 * The feature vector of every candidate, in order, as `FEATURES[kind]` names them. A candidate that only another
 * modality found gets the weakest value that was seen in the one that missed it.
 */
export function featuresOf(kind: EvidenceKind, candidates: readonly Evidence[]): number[][] {
  const floorOf = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? 0 : Math.min(...known);
  };
  const imageFloor = floorOf(candidates.map((one) => one.image));
  const textFloor = floorOf(candidates.map((one) => one.text));
  const depictedFloor = floorOf(candidates.map((one) => one.textToImage));
  const columns: Record<string, number[]> = {
    image: candidates.map((one) => imageOf(one, imageFloor)),
    inliers: candidates.map(inliersOf),
    text: candidates.map((one) => one.text ?? textFloor),
    overlap: candidates.map((one) => one.overlap ?? 0),
    textToImage: candidates.map((one) => one.textToImage ?? depictedFloor),
    same: candidates.map(sameOf),
    sameBeaten: sameBeaten(candidates),
    ...(FEATURES[kind].includes(OVERLAID[0]) ? overlaidColumns(candidates) : {}),
  };
  const gaps: Record<string, string> = {
    imageGap: "image",
    inlierGap: "inliers",
    textGap: "text",
    overlapGap: "overlap",
    textToImageGap: "textToImage",
  };
  return candidates.map(({ pictureHash }, index) => {
    const rival = (other: number) => pictureHash === null || candidates[other]?.pictureHash !== pictureHash;
    return FEATURES[kind].map((name) => {
      const base = gaps[name];
      if (base === undefined) return columns[name]?.[index] ?? 0;
      return gap(columns[base] ?? [], index, OF_PICTURES.has(base) ? rival : () => true);
    });
  });
}

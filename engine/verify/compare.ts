import { type Agreement, agreementOf, type Canvas } from "./agreement.ts";
import { alignPair, type Levels } from "./aligned.ts";
import { geometryBetween } from "./between.ts";
import { bridgeOf, type CataloguePicture, inProduct, isAlone } from "./bridge.ts";
import type { StoredPicture } from "./feature-bytes.ts";
import type { LocalFeatures } from "./features.ts";
import { LEAST } from "./geometry.ts";
import { type Homography, multiply } from "./homography.ts";
import type { Pair } from "./pairs.ts";
import { type Differences, samenessOf } from "./sameness.ts";

export interface MatchedPoint {
  /** x, y, 0..1 of the picture. */
  query: [number, number];
  catalogue: [number, number];
}

export interface Verification {
  /** Points at distinct places that agree on one plausible geometry. */
  inliers: number;
  /** Pairs of like points before geometry. */
  tentative: number;
  /** 0..1, rising with the inliers; not a probability (the calibration makes one). */
  score: number;
  /** Some of the inliers, at most 60, spread over the picture. */
  points: MatchedPoint[];
  /** How the whole picture agrees where the geometry lays it; null without one. */
  agreement: Agreement | null;
  /** Log-odds that it shows the same print and not a sister's; null where nobody looked: without a geometry, or far behind. */
  same: number | null;
  /** Where it differs; null where nobody looked, or another picture of the product was laid over in its place. */
  differences: Differences | null;
  /** Whether it shows more than the product, of which another picture shows it alone. */
  surrounded: boolean;
}

const HALF_SCORE = 10;
const MOST_POINTS = 60;
/** Products that are looked at side by side, each for most of an encoder's pass; six find no more (0027). */
const MOST_PRODUCTS = 4;
/** Their pictures: of a product with several, the one with the most points need not be the one that says most (0038). */
const MOST_ALIGNED = 5;

const pointAt = ({ positions }: LocalFeatures, index: number): [number, number] => [
  positions[2 * index] as number,
  positions[2 * index + 1] as number,
];

/** A query picture, as it is compared. */
export interface QueryPicture {
  features: LocalFeatures;
  canvas: Canvas;
  levels: Levels;
}

interface Overlaid {
  verification: Verification;
  /** What is laid over the photo, and where: carries its pixels into the photo; null where nothing is. */
  laid: { stored: StoredPicture; matrix: Homography } | null;
}

const NOTHING = { inliers: 0, score: 0, points: [], agreement: null, same: null, differences: null };

/**
 * @param alone pictures of the same product that show nothing else, where this one shows more: they say which part of it counts,
 *   and one of them is laid over the photo in its place. Not found in it, its points count and nothing is laid over.
 */
async function overlay(
  query: QueryPicture,
  stored: StoredPicture,
  picture: CataloguePicture,
  alone: readonly CataloguePicture[],
): Promise<Overlaid> {
  const { pairs, geometry } = await geometryBetween(query.features, stored.features);
  const surrounded = alone.length > 0;
  const none = { verification: { ...NOTHING, tentative: pairs.length, surrounded }, laid: null };
  if (geometry === null) return none;
  const bridge = surrounded ? await bridgeOf(picture, alone) : null;
  const isProduct = bridge === null ? () => true : inProduct(bridge);
  const { width, height } = stored.features;
  const agreeing = geometry.agreeing.filter((index) => {
    const [x, y] = pointAt(stored.features, (pairs[index] as Pair).catalogue);
    return isProduct([x * width, y * height]);
  });
  if (agreeing.length < LEAST) return none;
  const stride = Math.max(1, agreeing.length / MOST_POINTS);
  const shown = Array.from(
    { length: Math.min(MOST_POINTS, agreeing.length) },
    (_, n) => agreeing[Math.floor(n * stride)] as number,
  );
  const own = surrounded ? null : { stored, matrix: geometry.matrix };
  const laid = bridge === null ? own : { stored: bridge.alone, matrix: multiply(geometry.matrix, bridge.matrix) };
  const verification = {
    inliers: agreeing.length,
    tentative: pairs.length,
    score: agreeing.length / (agreeing.length + HALF_SCORE),
    points: shown.map((index) => {
      const pair = pairs[index] as Pair;
      return { query: pointAt(query.features, pair.query), catalogue: pointAt(stored.features, pair.catalogue) };
    }),
    agreement: laid && agreementOf(query.canvas, laid.stored.sketch, laid.matrix, query.features, laid.stored.features),
    same: null,
    differences: null,
    surrounded,
  };
  return { verification, laid };
}

/** Indices of what is looked at side by side: what has the most points. */
function leadersOf(overlaid: readonly (Overlaid | null)[], pictures: readonly CataloguePicture[]): number[] {
  const products = new Set<string>();
  const laid = overlaid.flatMap((one, index) => (one?.laid ? [{ index, inliers: one.verification.inliers }] : []));
  return laid
    .sort((a, b) => b.inliers - a.inliers)
    .filter(({ index }) => {
      const { sku = "" } = pictures[index] ?? {};
      if (products.size === MOST_PRODUCTS && !products.has(sku)) return false;
      products.add(sku);
      return true;
    })
    .slice(0, MOST_ALIGNED)
    .map(({ index }) => index);
}

/**
 * Whether pictures show the same flat detail: like points, one geometry that carries them over, how the one laid over the other
 * agrees with it, and, for those with the most points, whether it is the same print.
 * @returns in the same order, null where nothing is kept of a picture
 */
export async function comparePictures(
  query: QueryPicture,
  pictures: readonly CataloguePicture[],
): Promise<(Verification | null)[]> {
  const alone = Map.groupBy(
    pictures.filter(({ stored }) => stored !== null && isAlone(stored)),
    ({ sku }) => sku,
  );
  const overlaid: (Overlaid | null)[] = [];
  for (const one of pictures) {
    const { stored, sku } = one;
    const others = stored === null || isAlone(stored) ? [] : (alone.get(sku) ?? []);
    overlaid.push(stored === null ? null : await overlay(query, stored, one, others));
  }
  for (const index of leadersOf(overlaid, pictures)) {
    const { verification, laid } = overlaid[index] as Overlaid;
    if (laid === null) continue;
    const { features, sketch } = laid.stored;
    const pair = alignPair(query.levels, sketch, laid.matrix, query.features, features);
    if (pair === null) continue;
    const { same, differences } = await samenessOf(pair);
    const own = laid.stored === pictures[index]?.stored;
    overlaid[index] = { laid, verification: { ...verification, same, differences: own ? differences : null } };
  }
  return overlaid.map((one) => one?.verification ?? null);
}

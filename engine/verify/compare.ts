import { type Agreement, agreementOf, type Canvas } from "./agreement.ts";
import { alignPair, type Levels } from "./aligned.ts";
import type { StoredPicture } from "./feature-bytes.ts";
import type { LocalFeatures } from "./features.ts";
import { findGeometry, type PointPairs } from "./geometry.ts";
import type { Homography } from "./homography.ts";
import { type Pair, pairFeatures } from "./pairs.ts";
import { samenessOf } from "./sameness.ts";

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
}

const HALF_SCORE = 10;
const MOST_POINTS = 60;
/** Pictures that are looked at side by side, each for most of an encoder's pass; six find no more (0027). */
const MOST_ALIGNED = 4;

function placesOf(pairs: readonly Pair[], query: LocalFeatures, catalogue: LocalFeatures): PointPairs {
  const { length: count } = pairs;
  const places = {
    count,
    catalogue: new Float32Array(2 * count),
    query: new Float32Array(2 * count),
    scale: new Float32Array(count),
    turn: new Float32Array(count),
  };
  const set = (to: Float32Array, at: number, { positions, width, height }: LocalFeatures, index: number) => {
    to[2 * at] = (positions[2 * index] as number) * width;
    to[2 * at + 1] = (positions[2 * index + 1] as number) * height;
  };
  pairs.forEach((pair, at) => {
    set(places.catalogue, at, catalogue, pair.catalogue);
    set(places.query, at, query, pair.query);
    places.scale[at] = (query.scales[pair.query] as number) / (catalogue.scales[pair.catalogue] as number);
    places.turn[at] = (query.angles[pair.query] as number) - (catalogue.angles[pair.catalogue] as number);
  });
  return places;
}

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
  /** Carries the catalogue picture into the photo; null where nothing does. */
  matrix: Homography | null;
}

async function overlay(query: QueryPicture, stored: StoredPicture): Promise<Overlaid> {
  const pairs = await pairFeatures(query.features, stored.features);
  const geometry = findGeometry(placesOf(pairs, query.features, stored.features));
  if (geometry === null) {
    const none = { inliers: 0, tentative: pairs.length, score: 0, points: [], agreement: null, same: null };
    return { verification: none, matrix: null };
  }
  const { agreeing, matrix } = geometry;
  const stride = Math.max(1, agreeing.length / MOST_POINTS);
  const shown = Array.from(
    { length: Math.min(MOST_POINTS, agreeing.length) },
    (_, n) => agreeing[Math.floor(n * stride)] as number,
  );
  const verification = {
    inliers: agreeing.length,
    tentative: pairs.length,
    score: agreeing.length / (agreeing.length + HALF_SCORE),
    points: shown.map((index) => {
      const pair = pairs[index] as Pair;
      return { query: pointAt(query.features, pair.query), catalogue: pointAt(stored.features, pair.catalogue) };
    }),
    agreement: agreementOf(query.canvas, stored.sketch, matrix, query.features, stored.features),
    same: null,
  };
  return { verification, matrix };
}

/**
 * Whether pictures show the same flat detail: like points, one geometry that carries them over, how the one laid over the other
 * agrees with it, and, for those with the most points, whether it is the same print.
 * @param stored null where nothing is kept of a picture
 * @returns in the same order, null where `stored` is
 */
export async function comparePictures(
  query: QueryPicture,
  stored: readonly (StoredPicture | null)[],
): Promise<(Verification | null)[]> {
  const overlaid: (Overlaid | null)[] = [];
  for (const one of stored) overlaid.push(one === null ? null : await overlay(query, one));
  const leaders = overlaid
    .flatMap((one, index) => (one === null || one.matrix === null ? [] : [{ ...one, matrix: one.matrix, index }]))
    .sort((a, b) => b.verification.inliers - a.verification.inliers)
    .slice(0, MOST_ALIGNED);
  for (const { index, matrix, verification } of leaders) {
    const { features, sketch } = stored[index] as StoredPicture;
    const pair = alignPair(query.levels, sketch, matrix, query.features, features);
    if (pair !== null) overlaid[index] = { matrix, verification: { ...verification, same: await samenessOf(pair) } };
  }
  return overlaid.map((one) => one?.verification ?? null);
}

import { type Agreement, agreementOf, type Canvas } from "./agreement.ts";
import type { StoredPicture } from "./feature-bytes.ts";
import type { LocalFeatures } from "./features.ts";
import { findGeometry, type PointPairs } from "./geometry.ts";
import { type Pair, pairFeatures } from "./pairs.ts";

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
}

const HALF_SCORE = 10;
const MOST_POINTS = 60;

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
}

/**
 * Whether two pictures show the same flat detail: like points, one geometry that carries them over, and how the one laid over
 * the other agrees with it.
 */
export async function comparePictures(
  { features: query, canvas }: QueryPicture,
  { features: catalogue, sketch }: StoredPicture,
): Promise<Verification> {
  const pairs = await pairFeatures(query, catalogue);
  const geometry = findGeometry(placesOf(pairs, query, catalogue));
  if (geometry === null) return { inliers: 0, tentative: pairs.length, score: 0, points: [], agreement: null };
  const { agreeing, matrix } = geometry;
  const stride = Math.max(1, agreeing.length / MOST_POINTS);
  const shown = Array.from(
    { length: Math.min(MOST_POINTS, agreeing.length) },
    (_, n) => agreeing[Math.floor(n * stride)] as number,
  );
  return {
    inliers: agreeing.length,
    tentative: pairs.length,
    score: agreeing.length / (agreeing.length + HALF_SCORE),
    points: shown.map((index) => {
      const pair = pairs[index] as Pair;
      return { query: pointAt(query, pair.query), catalogue: pointAt(catalogue, pair.catalogue) };
    }),
    agreement: agreementOf(canvas, sketch, matrix, query, catalogue),
  };
}

import type { OpenCv } from "../lib/opencv.ts";
import type { LocalFeatures } from "./features.ts";
import { fitHomography, isPlausible } from "./homography.ts";
import { pairFeatures } from "./pairs.ts";

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
}

/** Fewer agree by chance: of 14,202 pairs of different products one reached it (docs/decisions/0004). */
const LEAST = 6;
const HALF_SCORE = 10;
const MOST_POINTS = 60;
/** Pixels: points within one such cell are one observation. */
const CELL = 8;

function pixels({ positions, width, height }: LocalFeatures, indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * 2);
  indices.forEach((index, at) => {
    out[at * 2] = (positions[index * 2] ?? 0) * width;
    out[at * 2 + 1] = (positions[index * 2 + 1] ?? 0) * height;
  });
  return out;
}

const pointAt = (values: Float32Array, index: number): [number, number] => [
  values[index * 2] ?? 0,
  values[index * 2 + 1] ?? 0,
];

/** Those at new places in both pictures. */
function distinct(indices: readonly number[], from: Float32Array, to: Float32Array): number[] {
  const seen = [new Set<string>(), new Set<string>()] as const;
  const cell = ([x, y]: [number, number]) => `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
  return indices.filter((index) => {
    const keys = [cell(pointAt(from, index)), cell(pointAt(to, index))] as const;
    if (seen[0].has(keys[0]) || seen[1].has(keys[1])) return false;
    seen[0].add(keys[0]);
    seen[1].add(keys[1]);
    return true;
  });
}

/** Whether two pictures show the same flat detail: like points, and one geometry that carries them over. */
export async function compareFeatures(
  cv: OpenCv,
  query: LocalFeatures,
  catalogue: LocalFeatures,
): Promise<Verification> {
  const pairs = await pairFeatures(query, catalogue);
  const nothing: Verification = { inliers: 0, tentative: pairs.length, score: 0, points: [] };
  if (pairs.length < LEAST) return nothing;
  const inCatalogue = pixels(
    catalogue,
    pairs.map((pair) => pair.catalogue),
  );
  const inQuery = pixels(
    query,
    pairs.map((pair) => pair.query),
  );
  const fit = fitHomography(cv, inCatalogue, inQuery);
  if (fit === null) return nothing;
  const agreeing = pairs.flatMap((_, index) => (fit.inliers[index] ? [index] : []));
  const apart = distinct(agreeing, inCatalogue, inQuery);
  if (apart.length < LEAST) return nothing;
  if (
    !isPlausible(
      fit.matrix,
      apart.map((index) => pointAt(inCatalogue, index)),
    )
  )
    return nothing;
  const stride = Math.max(1, apart.length / MOST_POINTS);
  const shown = Array.from(
    { length: Math.min(MOST_POINTS, apart.length) },
    (_, n) => apart[Math.floor(n * stride)] ?? 0,
  );
  return {
    inliers: apart.length,
    tentative: pairs.length,
    score: apart.length / (apart.length + HALF_SCORE),
    points: shown.map((index) => {
      const pair = pairs[index] ?? { query: 0, catalogue: 0 };
      return { query: pointAt(query.positions, pair.query), catalogue: pointAt(catalogue.positions, pair.catalogue) };
    }),
  };
}

import { carry, fitMapping, type Homography, isPlausible, type Place } from "./homography.ts";

/** Pairs of like points, by index: where they lie in pixels, and how the second is scaled and turned beside the first. */
export interface PointPairs {
  count: number;
  /** x, y; float32 [count, 2]. */
  catalogue: Float32Array;
  query: Float32Array;
  /** Size of the query's point, of the catalogue's. */
  scale: Float32Array;
  /** Radians from the catalogue's direction to the query's. */
  turn: Float32Array;
}

export interface Geometry {
  /** Carries catalogue pixels to query pixels. */
  matrix: Homography;
  /** Indices of the pairs that agree, each at a place of its own in both pictures, nearest first. */
  agreeing: number[];
}

/** Fewer agree by chance (docs/decisions/0022). */
export const LEAST = 6;
/** Pixels that a pair may lie beside its place: under a single pair's guess, under a fitted mapping, in the end. */
const COARSE = 24;
const MIDDLE = 12;
const FINE = 6;
/** How far apart two pairs of one mapping may be turned (radians) and scaled (octaves): a tilted face is not one similarity. */
const TURN = 0.7;
const OCTAVES = 1;
const LARGER = 8;
const SMALLER = 0.1;
/** Guesses that are worked out, of those that most pairs agree with and that are not nearly the same. */
const GUESSES = 5;
const SAME = 0.8;
/** From this many pairs a homography is fitted; fewer would bend to their noise. */
const FOR_HOMOGRAPHY = 8;
/** Pixels: points within one such cell are one observation. */
const CELL = 8;

const placeOf = (values: Float32Array, index: number): Place => [
  values[2 * index] as number,
  values[2 * index + 1] as number,
];

const HALF_TURN = Math.PI;
function apart(a: number, b: number): number {
  const difference = Math.abs(a - b) % (2 * HALF_TURN);
  return difference > HALF_TURN ? 2 * HALF_TURN - difference : difference;
}

/** The pairs whose points are scaled and turned alike, and lie where the one similarity of pair `guess` carries them. */
function supportersOf({ count, catalogue, query, scale, turn }: PointPairs, guess: number): number[] {
  const s = scale[guess] as number;
  if (s > LARGER || s < SMALLER) return [];
  const angle = turn[guess] as number;
  const cos = Math.cos(angle) * s;
  const sin = Math.sin(angle) * s;
  const cx = catalogue[2 * guess] as number;
  const cy = catalogue[2 * guess + 1] as number;
  const qx = query[2 * guess] as number;
  const qy = query[2 * guess + 1] as number;
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const dx = (catalogue[2 * i] as number) - cx;
    const dy = (catalogue[2 * i + 1] as number) - cy;
    const ex = qx + cos * dx - sin * dy - (query[2 * i] as number);
    const ey = qy + sin * dx + cos * dy - (query[2 * i + 1] as number);
    if (ex * ex + ey * ey > COARSE * COARSE) continue;
    if (isAlike(scale, turn, guess, i)) found.push(i);
  }
  return found;
}

function isAlike(scale: Float32Array, turn: Float32Array, a: number, b: number): boolean {
  const octaves = Math.abs(Math.log2((scale[a] as number) / (scale[b] as number)));
  return octaves < OCTAVES && apart(turn[a] as number, turn[b] as number) < TURN;
}

/** Those at new places in both pictures. */
function distinct(indices: readonly number[], { catalogue, query }: PointPairs): number[] {
  const seen = [new Set<number>(), new Set<number>()] as const;
  const cell = ([x, y]: Place) => Math.floor(x / CELL) * 4096 + Math.floor(y / CELL);
  return indices.filter((index) => {
    const from = cell(placeOf(catalogue, index));
    const to = cell(placeOf(query, index));
    if (seen[0].has(from) || seen[1].has(to)) return false;
    seen[0].add(from);
    seen[1].add(to);
    return true;
  });
}

const distances = ({ count, catalogue, query }: PointPairs, matrix: Homography): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => {
    const [x, y] = carry(matrix, placeOf(catalogue, index));
    return Math.hypot(x - (query[2 * index] as number), y - (query[2 * index + 1] as number));
  });

function within(pairs: PointPairs, matrix: Homography, pixels: number, guess: number): number[] {
  const off = distances(pairs, matrix);
  const near: number[] = [];
  for (let i = 0; i < pairs.count; i++) {
    if ((off[i] as number) < pixels && isAlike(pairs.scale, pairs.turn, guess, i)) near.push(i);
  }
  return near.sort((a, b) => (off[a] as number) - (off[b] as number));
}

function fitted(kind: "affine" | "homography", pairs: PointPairs, indices: readonly number[]): Homography | null {
  return fitMapping(
    kind,
    indices.map((index) => placeOf(pairs.catalogue, index)),
    indices.map((index) => placeOf(pairs.query, index)),
  );
}

/** Fits anew to whatever the last fit explains, ever closer; null where too little is left. */
function refine(
  kind: "affine" | "homography",
  pairs: PointPairs,
  guess: number,
  first: readonly number[],
  reaches: readonly number[],
): Geometry | null {
  let indices = first;
  let matrix: Homography | null = null;
  for (const reach of reaches) {
    if (indices.length < (kind === "affine" ? LEAST : FOR_HOMOGRAPHY)) return null;
    matrix = fitted(kind, pairs, indices);
    if (matrix === null) return null;
    indices = within(pairs, matrix, reach, guess);
  }
  if (matrix === null) return null;
  const agreeing = distinct(indices, pairs);
  if (agreeing.length < LEAST) return null;
  const places = agreeing.map((index) => placeOf(pairs.catalogue, index));
  return isPlausible(matrix, places) ? { matrix, agreeing } : null;
}

/**
 * The mapping of a flat thing that most pairs agree on. A point knows its size and direction, so one pair is a guess at the
 * whole similarity (Philbin et al., CVPR 2007, section 4); what supports a guess is fitted by an affine mapping and then a
 * homography, each to what the last one explains. All pairs are tried, so that one right pair in twenty is enough, where
 * random samples of four would have to be drawn 100,000 times.
 * @returns null where no plausible mapping carries enough pairs
 */
export function findGeometry(pairs: PointPairs): Geometry | null {
  const guesses = Array.from({ length: pairs.count }, (_, guess) => ({ guess, support: supportersOf(pairs, guess) }))
    .filter(({ support }) => support.length >= LEAST)
    .sort((a, b) => b.support.length - a.support.length);
  const tried: Set<number>[] = [];
  let best: Geometry | null = null;
  const keep = (found: Geometry | null) => {
    if (found !== null && found.agreeing.length > (best?.agreeing.length ?? 0)) best = found;
  };
  for (const { guess, support } of guesses) {
    if (tried.length === GUESSES) break;
    if (tried.some((other) => support.filter((index) => other.has(index)).length > SAME * support.length)) continue;
    tried.push(new Set(support));
    const affine = refine("affine", pairs, guess, support, [1.5 * MIDDLE, MIDDLE, 1.5 * FINE]);
    keep(affine);
    if (affine === null) continue;
    const near = within(pairs, affine.matrix, MIDDLE, guess);
    keep(refine("homography", pairs, guess, near, [MIDDLE, 1.5 * FINE, FINE]));
  }
  return best;
}

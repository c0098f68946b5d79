import type { Region } from "../../shared/contract/domain.ts";
import type { OpenCv } from "../lib/opencv.ts";
import type { LocalFeatures, RgbPixels } from "./features.ts";
import { carry, type Homography, multiply } from "./homography.ts";
import { COARSER, coarse, type Sketch, shrunk } from "./sketch.ts";

/**
 * A catalogue picture and the part of the photo that its geometry says is the same, both drawn in the catalogue's frame:
 * pixel lies on pixel, as far as a flat mapping can bring that about.
 */
export interface AlignedPair {
  /** uint8 [3, ALIGNED_SIDE, ALIGNED_SIDE] each, RGB. */
  catalogue: Uint8Array;
  photo: Uint8Array;
  /** uint8 [ALIGNED_SIDE, ALIGNED_SIDE], 1 where the package is and the photo shows that place. */
  mask: Uint8Array;
  /** The part of the catalogue picture that the square is, as shares of it. */
  box: Region;
  /** Carries shares of the square to shares of the photo. */
  inPhoto: Homography;
}

/** Side of the square that the package's bounding box is stretched to: both pictures alike, so that proportions don't matter. */
export const ALIGNED_SIDE = 144;
const AREA = ALIGNED_SIDE * ALIGNED_SIDE;
/** Share of the box that is left free around the package. */
const MARGIN = 0.03;
/** Fewer pixels in common say nothing: a tenth. */
const FEWEST = 0.1 * AREA;

/** First and past the last pixel of each row that lies in the convex hull of the package; equal where none does. */
type Hull = readonly (readonly [first: number, last: number])[];

/** Of the corners of one side of the hull, in the order of their rows (Andrew's monotone chain). */
function chainOf(points: readonly (readonly [number, number])[], side: 1 | -1): (readonly [number, number])[] {
  const chain: (readonly [number, number])[] = [];
  for (const [x, y] of points) {
    for (;;) {
      const [one, two] = [chain.at(-2), chain.at(-1)];
      if (one === undefined || two === undefined) break;
      if (side * ((two[0] - one[0]) * (y - one[1]) - (x - one[0]) * (two[1] - one[1])) < 0) break;
      chain.pop();
    }
    chain.push([x, y]);
  }
  return chain;
}

/** Where a chain is at a row. */
function edgeAt(chain: readonly (readonly [number, number])[], y: number): number {
  const after = chain.findIndex((corner) => corner[1] >= y);
  const [x1 = 0, y1 = 0] = chain[after] ?? [];
  const [x0 = x1, y0 = y1] = chain[after - 1] ?? [];
  return y1 === y0 ? x1 : x0 + ((x1 - x0) * (y - y0)) / (y1 - y0);
}

/** White print on a white ground is taken for background; within the hull of a package there is none. */
function hullOf({ width, height, grey }: Sketch): Hull {
  const left: [number, number][] = [];
  const right: [number, number][] = [];
  for (let y = 0; y < height; y++) {
    const row = grey.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((value) => value !== 0);
    if (first === -1) continue;
    left.push([first, y]);
    right.push([row.findLastIndex((value) => value !== 0) + 1, y]);
  }
  const [top, bottom] = [left[0]?.[1] ?? 0, left.at(-1)?.[1] ?? -1];
  const [leftChain, rightChain] = [chainOf(left, 1), chainOf(right, -1)];
  return Array.from({ length: height }, (_, y) =>
    y < top || y > bottom ? [0, 0] : [edgeAt(leftChain, y), edgeAt(rightChain, y)],
  );
}

/** The box around the package, in pixels of the sketch: left, top, width, height. */
function boxOf({ width, height }: Sketch, hull: Hull): readonly [number, number, number, number] {
  const top = hull.findIndex(([first, last]) => first < last);
  if (top === -1) return [0, 0, width, height];
  const shown = hull.filter(([first, last]) => first < last);
  const left = Math.min(...shown.map(([first]) => first));
  const w = Math.max(...shown.map(([, last]) => last)) - left;
  const h = shown.length;
  return [left - MARGIN * w, top - MARGIN * h, w * (1 + 2 * MARGIN), h * (1 + 2 * MARGIN)];
}

const clamped = (value: number, most: number) => Math.min(most, Math.max(0, value));

/** Bilinear value of a plane interleaved by `step`; places outside count as the nearest inside. */
function sampled(data: Uint8Array, width: number, height: number, step: number, at: number, x: number, y: number) {
  const u = clamped(x, width - 1);
  const v = clamped(y, height - 1);
  const [left, top] = [u | 0, v | 0];
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const value = (column: number, row: number) => data[(row * width + column) * step + at] as number;
  const upper = value(left, top) + (value(right, top) - value(left, top)) * (u - left);
  const lower = value(left, bottom) + (value(right, bottom) - value(left, bottom)) * (u - left);
  return upper + (lower - upper) * (v - top);
}

/** The sketch drawn in its box: colour from its coarse part, brightness from its fine one. */
function drawSketch(
  sketch: Sketch,
  hull: Hull,
  box: readonly [number, number, number, number],
  pair: Pick<AlignedPair, "catalogue" | "mask">,
): void {
  const isInside = (at: number, [first, last]: readonly [number, number] = [0, 0]) => at >= first && at < last;
  const { width, height, grey, colour } = sketch;
  const [cw, ch] = [coarse(width), coarse(height)];
  for (let row = 0; row < ALIGNED_SIDE; row++) {
    for (let column = 0; column < ALIGNED_SIDE; column++) {
      const x = box[0] + ((column + 0.5) * box[2]) / ALIGNED_SIDE - 0.5;
      const y = box[1] + ((row + 0.5) * box[3]) / ALIGNED_SIDE - 0.5;
      const [nearX, nearY] = [Math.round(x), Math.round(y)];
      if (nearX < 0 || nearX >= width || !isInside(nearX, hull[nearY])) continue;
      const at = row * ALIGNED_SIDE + column;
      const [u, v] = [(x + 0.5) / COARSER - 0.5, (y + 0.5) / COARSER - 0.5];
      const [r, g, b] = [0, 1, 2].map((channel) => sampled(colour, cw, ch, 3, channel, u, v)) as [
        number,
        number,
        number,
      ];
      // Of background only the coarse colour is kept.
      const isBare = grey[nearY * width + nearX] === 0;
      const lift = isBare ? 0 : sampled(grey, width, height, 1, 0, x, y) - (0.299 * r + 0.587 * g + 0.114 * b);
      pair.catalogue[at] = Math.min(255, Math.max(0, r + lift));
      pair.catalogue[AREA + at] = Math.min(255, Math.max(0, g + lift));
      pair.catalogue[2 * AREA + at] = Math.min(255, Math.max(0, b + lift));
      pair.mask[at] = 1;
    }
  }
}

/** A photo at the sizes that candidates ask for. */
export interface Levels {
  /** No larger than needed to be seen at `scale`: else its detail would alias. */
  at(scale: number): RgbPixels;
}

export function levelsOf(cv: OpenCv, picture: RgbPixels): Levels {
  const known = new Map<number, RgbPixels>();
  return {
    at(scale) {
      const step = Math.max(0, Math.round(-2 * Math.log2(scale)));
      const made = known.get(step);
      if (made !== undefined) return made;
      const width = Math.max(1, Math.round(picture.width * 2 ** (-step / 2)));
      const height = Math.max(1, Math.round(picture.height * 2 ** (-step / 2)));
      const level = step === 0 ? picture : { width, height, rgb: shrunk(cv, picture, { width, height }) };
      known.set(step, level);
      return level;
    },
  };
}

/**
 * @param matrix carries pixels of the catalogue's features to pixels of the query's
 * @returns null where too little of the package lies in the photo
 */
export function alignPair(
  levels: Levels,
  sketch: Sketch,
  matrix: Homography,
  query: Pick<LocalFeatures, "width" | "height">,
  catalogue: Pick<LocalFeatures, "width" | "height">,
): AlignedPair | null {
  const pair: Omit<AlignedPair, "box" | "inPhoto"> = {
    catalogue: new Uint8Array(3 * AREA),
    photo: new Uint8Array(3 * AREA),
    mask: new Uint8Array(AREA),
  };
  const hull = hullOf(sketch);
  const box = boxOf(sketch, hull);
  drawSketch(sketch, hull, box, pair);
  // From pixels of the square to shares of the photo.
  const [a, b] = [catalogue.width / sketch.width, catalogue.height / sketch.height];
  const inFeatures: Homography = [
    ...[(a * box[2]) / ALIGNED_SIDE, 0, a * box[0]],
    ...[0, (b * box[3]) / ALIGNED_SIDE, b * box[1]],
    ...[0, 0, 1],
  ];
  const forth = multiply([1 / query.width, 0, 0, 0, 1 / query.height, 0, 0, 0, 1], multiply(matrix, inFeatures));
  const whole = levels.at(1);
  const middle = ALIGNED_SIDE / 2;
  const at = carry(forth, [middle, middle]);
  const right = carry(forth, [middle + 1, middle]);
  const down = carry(forth, [middle, middle + 1]);
  const area = Math.abs((right[0] - at[0]) * (down[1] - at[1]) - (right[1] - at[1]) * (down[0] - at[0]));
  const { rgb, width, height } = levels.at(1 / Math.sqrt(Math.max(1e-9, area * whole.width * whole.height)));
  let covered = 0;
  for (let row = 0; row < ALIGNED_SIDE; row++) {
    for (let column = 0; column < ALIGNED_SIDE; column++) {
      const place = row * ALIGNED_SIDE + column;
      if (pair.mask[place] === 0) continue;
      const [x, y] = carry(forth, [column + 0.5, row + 0.5]);
      if (!(x >= 0 && y >= 0 && x <= 1 && y <= 1)) {
        pair.mask[place] = 0;
        continue;
      }
      covered++;
      for (let channel = 0; channel < 3; channel++)
        pair.photo[channel * AREA + place] = sampled(rgb, width, height, 3, channel, x * width - 0.5, y * height - 0.5);
    }
  }
  if (covered < FEWEST) return null;
  const [x, y, boxWidth, boxHeight] = box;
  return {
    ...pair,
    box: {
      ...{ x: x / sketch.width, y: y / sketch.height },
      ...{ width: boxWidth / sketch.width, height: boxHeight / sketch.height },
    },
    inPhoto: multiply(forth, [ALIGNED_SIDE, 0, 0, 0, ALIGNED_SIDE, 0, 0, 0, 1]),
  };
}

import type { Region } from "../../shared/contract/domain.ts";
import type { OpenCv } from "../lib/opencv.ts";
import type { LocalFeatures, RgbPixels } from "./features.ts";
import { carry, type Homography, inverse, multiply } from "./homography.ts";
import { COARSER, coarse, greyOf, type Sketch, shrunk } from "./sketch.ts";

/**
 * How a catalogue picture, laid over the photo where its geometry says, agrees with it place by place. Points are few and lie
 * on what sisters of a brand share; what tells those apart is often a picture, a word or a colour between the points.
 */
export interface Agreement {
  /** Places of the photo that the picture covers: indices into a grid that all candidates of a photo share; rising. */
  cells: Uint16Array;
  /** Normalised correlation of the brightness there, 0..1; float32, one a cell. */
  shape: Float32Array;
  /** How far apart the colours are there after white balance, 0..MOST_APART; float32, one a cell. */
  colour: Float32Array;
  /** The upright box around those places, as shares of the photo. */
  box: Region;
}

/** The photo, as small as it is compared. */
export interface Canvas {
  width: number;
  height: number;
  grey: Uint8Array;
  rgb: Uint8Array;
}

/** Longest side of the canvas: a package that fills half a photo is then about as large as its sketch. */
const SIDE = 192;
/** Side of a compared patch and the step between two, in pixels of the canvas. */
const PATCH = 8;
const STEP = 4;
/** Pixels that a patch may lie beside its place, either way. */
const SHIFT = 1;
/** Share of a patch that has to be covered. */
const COVERED = 0.9;
/** Variance of brightness that a patch is taken to have as noise: a plain one agrees with nothing. */
const NOISE = 16;
/** Added to a colour channel before its logarithm: dark colours are uncertain. */
const DARK = 8;
/** No lamp tints more than this, as a logarithm. */
const MOST_TINT = 0.25;
const MOST_APART = 0.8;
/** Fewer patches say nothing. */
const FEWEST = 6;

export function canvasOf(cv: OpenCv, picture: RgbPixels): Canvas {
  const scale = SIDE / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const rgb = shrunk(cv, picture, { width, height });
  return { width, height, grey: greyOf(rgb), rgb };
}

const scaling = (x: number, y: number): Homography => [x, 0, 0, 0, y, 0, 0, 0, 1];

/** A sketch at half the size until a pixel of it is no smaller than one of the canvas: else its detail would alias. */
function halved({ width, height, grey }: Pick<Sketch, "width" | "height" | "grey">) {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = 2 * y * width + 2 * x;
      const four = [at, at + 1, at + width, at + width + 1].map((i) => grey[i] as number);
      out[y * w + x] = four.includes(0) ? 0 : (four.reduce((sum, value) => sum + value, 0) + 2) >> 2;
    }
  }
  return { width: w, height: h, grey: out };
}

/** The sketch's brightness at every pixel of the canvas; 0 where it does not lie. */
function laidOver(canvas: Canvas, sketch: Pick<Sketch, "width" | "height" | "grey">, back: Homography): Float32Array {
  const { width, height, grey } = sketch;
  const out = new Float32Array(canvas.width * canvas.height);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 1] = back;
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const w = g * (x + 0.5) + h * (y + 0.5) + i;
      const u = (a * (x + 0.5) + b * (y + 0.5) + c) / w - 0.5;
      const v = (d * (x + 0.5) + e * (y + 0.5) + f) / w - 0.5;
      if (!(u >= 0 && v >= 0 && u < width - 1 && v < height - 1)) continue;
      const left = u | 0;
      const top = v | 0;
      const at = top * width + left;
      const [p, q, r, s] = [grey[at], grey[at + 1], grey[at + width], grey[at + width + 1]] as [
        number,
        number,
        number,
        number,
      ];
      if (p === 0 || q === 0 || r === 0 || s === 0) continue;
      const upper = p + (q - p) * (u - left);
      const lower = r + (s - r) * (u - left);
      out[y * canvas.width + x] = upper + (lower - upper) * (v - top);
    }
  }
  return out;
}

/** The covered values of a patch and where they lie in the canvas, one after the other. */
const values = new Float64Array(PATCH * PATCH);
const places = new Int32Array(PATCH * PATCH);

/** Correlation of the covered part of the patch at (x, y) with the photo, at the best shift; null where too little is covered. */
function correlation({ width, grey }: Canvas, over: Float32Array, x: number, y: number): number | null {
  let [n, a, aa] = [0, 0, 0];
  for (let row = y; row < y + PATCH; row++) {
    for (let at = row * width + x; at < row * width + x + PATCH; at++) {
      const value = over[at] as number;
      if (value === 0) continue;
      values[n] = value;
      places[n] = at;
      n++;
      a += value;
      aa += value * value;
    }
  }
  if (n < COVERED * PATCH * PATCH) return null;
  let best = Number.NEGATIVE_INFINITY;
  for (let dy = -SHIFT; dy <= SHIFT; dy++) {
    for (let dx = -SHIFT; dx <= SHIFT; dx++) {
      const shift = dy * width + dx;
      let [b, bb, ab] = [0, 0, 0];
      for (let i = 0; i < n; i++) {
        const seen = grey[(places[i] as number) + shift] as number;
        b += seen;
        bb += seen * seen;
        ab += (values[i] as number) * seen;
      }
      const spread = (aa / n - (a / n) ** 2 + NOISE) * (bb / n - (b / n) ** 2 + NOISE);
      best = Math.max(best, (ab / n - (a / n) * (b / n)) / Math.sqrt(spread));
    }
  }
  return Math.max(0, best);
}

/** Logarithms of the three channels' means over the patch, less their own mean: what of a colour no shadow changes. */
function hueOf(red: number, green: number, blue: number): [number, number, number] {
  const logs = [red, green, blue].map((value) => Math.log(value + DARK)) as [number, number, number];
  const mean = (logs[0] + logs[1] + logs[2]) / 3;
  return [logs[0] - mean, logs[1] - mean, logs[2] - mean];
}

function photoHue({ width, rgb }: Canvas, x: number, y: number): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let row = y; row < y + PATCH; row++) {
    for (let at = 3 * (row * width + x); at < 3 * (row * width + x + PATCH); at += 3) {
      sums[0] += rgb[at] as number;
      sums[1] += rgb[at + 1] as number;
      sums[2] += rgb[at + 2] as number;
    }
  }
  const area = PATCH * PATCH;
  return hueOf(sums[0] / area, sums[1] / area, sums[2] / area);
}

function sketchHue(sketch: Sketch, [u, v]: readonly [number, number]): [number, number, number] {
  const width = coarse(sketch.width);
  const column = Math.min(width - 1, Math.max(0, Math.floor(u / COARSER)));
  const row = Math.min(coarse(sketch.height) - 1, Math.max(0, Math.floor(v / COARSER)));
  const at = 3 * (row * width + column);
  return hueOf(sketch.colour[at] as number, sketch.colour[at + 1] as number, sketch.colour[at + 2] as number);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** What is left between two lists of hues when one lamp's tint has been taken out. */
function coloursApart(photo: readonly (readonly number[])[], sketch: readonly (readonly number[])[]): Float32Array {
  const tint = [0, 1, 2].map((channel) => {
    const shift = median(photo.map((hue, i) => (hue[channel] ?? 0) - (sketch[i]?.[channel] ?? 0)));
    return Math.min(MOST_TINT, Math.max(-MOST_TINT, shift));
  });
  return Float32Array.from(photo, (hue, i) =>
    Math.min(MOST_APART, Math.hypot(...tint.map((shift, c) => (hue[c] ?? 0) - (sketch[i]?.[c] ?? 0) - shift))),
  );
}

function boxOf(cells: readonly number[], { width, height }: Canvas): Region {
  const columns = Math.ceil(width / STEP);
  const xs = cells.map((cell) => (cell % columns) * STEP);
  const ys = cells.map((cell) => Math.floor(cell / columns) * STEP);
  const span = (values: readonly number[], all: number) => {
    const from = Math.min(...values) / all;
    return [from, Math.min(1, (Math.max(...values) + PATCH) / all) - from] as const;
  };
  const [x, w] = span(xs, width);
  const [y, h] = span(ys, height);
  return { x, y, width: w, height: h };
}

/**
 * Lays the sketch over the photo.
 * @param matrix carries pixels of the catalogue's features to pixels of the query's
 * @returns null where too little of it lies in the photo to say anything
 */
export function agreementOf(
  canvas: Canvas,
  sketch: Sketch,
  matrix: Homography,
  query: Pick<LocalFeatures, "width" | "height">,
  catalogue: Pick<LocalFeatures, "width" | "height">,
): Agreement | null {
  const forth = multiply(
    scaling(canvas.width / query.width, canvas.height / query.height),
    multiply(matrix, scaling(catalogue.width / sketch.width, catalogue.height / sketch.height)),
  );
  const back = inverse(forth);
  if (back === null) return null;
  const [cx, cy] = [sketch.width / 2, sketch.height / 2];
  const at = carry(forth, [cx, cy]);
  const step = carry(forth, [cx + 1, cy]);
  const down = carry(forth, [cx, cy + 1]);
  const size = Math.sqrt(Math.abs((step[0] - at[0]) * (down[1] - at[1]) - (step[1] - at[1]) * (down[0] - at[0])));
  let level: Pick<Sketch, "width" | "height" | "grey"> = sketch;
  let factor = 1;
  for (let shown = size; shown < 0.7 && Math.min(level.width, level.height) > PATCH; shown *= 2) {
    level = halved(level);
    factor /= 2;
  }
  const over = laidOver(canvas, level, multiply(scaling(factor, factor), back));
  const cells: number[] = [];
  const shape: number[] = [];
  const hues: { photo: number[][]; sketch: number[][] } = { photo: [], sketch: [] };
  const columns = Math.ceil(canvas.width / STEP);
  for (let y = SHIFT; y + PATCH + SHIFT <= canvas.height; y += STEP) {
    for (let x = SHIFT; x + PATCH + SHIFT <= canvas.width; x += STEP) {
      const like = correlation(canvas, over, x, y);
      if (like === null) continue;
      cells.push(Math.floor(y / STEP) * columns + Math.floor(x / STEP));
      shape.push(like);
      hues.photo.push(photoHue(canvas, x, y));
      hues.sketch.push(sketchHue(sketch, carry(back, [x + PATCH / 2, y + PATCH / 2])));
    }
  }
  if (cells.length < FEWEST) return null;
  return {
    cells: Uint16Array.from(cells),
    shape: Float32Array.from(shape),
    colour: coloursApart(hues.photo, hues.sketch),
    box: boxOf(cells, canvas),
  };
}

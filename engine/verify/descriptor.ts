import { directionOf } from "./direction.ts";
import type { Level } from "./scale-space.ts";

/**
 * RootSIFT of an oriented square patch: 4 x 4 cells of 8 gradient directions (Lowe, IJCV 2004, section 6), clipped at
 * 0.2, L1-normalised, square-rooted (Arandjelovic and Zisserman, CVPR 2012) and quantised to uint8.
 * OpenCV's WebAssembly build has no SIFT; its ORB separated products clearly worse (docs/decisions/0004).
 */

export const DESCRIPTOR_BYTES = 128;

/** Samples along a side. */
const SIDE = 16;
const PADDED = SIDE + 2;
const CELL = SIDE / 4;
const DIRECTIONS = 8;
/** Width of a cell, in blurs of the point. */
const CELL_BLURS = 3;
const CLIP = 0.2;
const QUANTUM = 512;

/** Weight of every sample in the (at most four) cells that it lies between, times a Gaussian; float32 [256, 4]. */
const WEIGHTS = new Float32Array(SIDE * SIDE * 4);
/** First value of those cells in the descriptor; int32 [256, 4]. */
const CELLS = new Int32Array(SIDE * SIDE * 4);

for (let y = 0; y < SIDE; y++) {
  for (let x = 0; x < SIDE; x++) {
    const centre = (SIDE - 1) / 2;
    const gauss = Math.exp(-((x - centre) ** 2 + (y - centre) ** 2) / (2 * (0.4 * SIDE) ** 2));
    const cx = (x + 0.5) / CELL - 0.5;
    const cy = (y + 0.5) / CELL - 0.5;
    for (let corner = 0; corner < 4; corner++) {
      const column = Math.floor(cx) + (corner & 1);
      const row = Math.floor(cy) + (corner >> 1);
      const at = (y * SIDE + x) * 4 + corner;
      if (column < 0 || column > 3 || row < 0 || row > 3) continue;
      WEIGHTS[at] = gauss * (1 - Math.abs(cx - column)) * (1 - Math.abs(cy - row));
      CELLS[at] = (row * 4 + column) * DIRECTIONS;
    }
  }
}

const patch = new Float32Array(PADDED * PADDED);
const histogram = new Float32Array(DESCRIPTOR_BYTES);

/** Samples the patch bilinearly, turned by `angle` (radians); outside the level its border repeats. */
function samplePatch({ data, width, height }: Level, x: number, y: number, sigma: number, angle: number): void {
  const step = (CELL_BLURS * sigma) / CELL;
  const cos = Math.cos(angle) * step;
  const sin = Math.sin(angle) * step;
  const half = (PADDED - 1) / 2;
  for (let row = 0; row < PADDED; row++) {
    for (let column = 0; column < PADDED; column++) {
      const px = Math.min(width - 1.001, Math.max(0, x + cos * (column - half) - sin * (row - half)));
      const py = Math.min(height - 1.001, Math.max(0, y + sin * (column - half) + cos * (row - half)));
      const left = px | 0;
      const top = py | 0;
      const at = top * width + left;
      const fx = px - left;
      const a = data[at] as number;
      const c = data[at + width] as number;
      const upper = a + ((data[at + 1] as number) - a) * fx;
      const lower = c + ((data[at + width + 1] as number) - c) * fx;
      patch[row * PADDED + column] = upper + (lower - upper) * (py - top);
    }
  }
}

function fillHistogram(): void {
  histogram.fill(0);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = (row + 1) * PADDED + column + 1;
      const gx = (patch[at + 1] as number) - (patch[at - 1] as number);
      const gy = (patch[at + PADDED] as number) - (patch[at - PADDED] as number);
      const strength = Math.sqrt(gx * gx + gy * gy);
      if (strength === 0) continue;
      const turn = ((directionOf(gy, gx) / (2 * Math.PI) + 1) * DIRECTIONS) % DIRECTIONS;
      const low = turn | 0;
      const high = (low + 1) % DIRECTIONS;
      const share = turn - low;
      const first = (row * SIDE + column) * 4;
      for (let corner = first; corner < first + 4; corner++) {
        const weight = strength * (WEIGHTS[corner] as number);
        const cell = CELLS[corner] as number;
        histogram[cell + low] = (histogram[cell + low] as number) + weight * (1 - share);
        histogram[cell + high] = (histogram[cell + high] as number) + weight * share;
      }
    }
  }
}

/** Writes the descriptor of the patch around (x, y), in pixels of `level` as `sigma` is, to `out` at `offset`. */
export function describePatch(
  level: Level,
  x: number,
  y: number,
  sigma: number,
  angle: number,
  out: Uint8Array,
  offset: number,
): void {
  samplePatch(level, x, y, sigma, angle);
  fillHistogram();
  const length = Math.hypot(...histogram) || 1;
  let sum = 0;
  for (let i = 0; i < DESCRIPTOR_BYTES; i++) {
    const value = Math.min(CLIP, (histogram[i] as number) / length);
    histogram[i] = value;
    sum += value;
  }
  for (let i = 0; i < DESCRIPTOR_BYTES; i++) {
    out[offset + i] = Math.min(255, Math.round(Math.sqrt((histogram[i] as number) / (sum || 1)) * QUANTUM));
  }
}

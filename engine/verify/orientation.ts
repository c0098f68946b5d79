import { directionOf } from "./direction.ts";
import type { Level } from "./scale-space.ts";

const BINS = 36;
/** The histogram's window, in blurs of the point. */
const WINDOW = 1.5;
const REACH = 3 * WINDOW;
/** A second direction counts when it is this strong beside the first: the point is then described in both. */
const SECOND = 0.8;
/** Directions a point may have. */
const MOST = 2;

const histogram = new Float32Array(BINS);
const smooth = new Float32Array(BINS);
const fading = new Float64Array(64);

/**
 * The directions that the gradients around a point run in (Lowe, IJCV 2004, section 5).
 * @param x,y pixels of the level
 * @returns radians, strongest first
 */
export function directionsAt({ data, width, height }: Level, x: number, y: number, sigma: number): number[] {
  const radius = Math.round(REACH * sigma);
  const fade = -1 / (2 * (WINDOW * sigma) ** 2);
  const column = Math.round(x);
  const row = Math.round(y);
  histogram.fill(0);
  // A Gaussian of the distance is one of each side.
  for (let d = 0; d <= radius; d++) fading[d] = Math.exp(d * d * fade);
  for (let dy = Math.max(-radius, 1 - row); dy <= Math.min(radius, height - 2 - row); dy++) {
    for (let dx = Math.max(-radius, 1 - column); dx <= Math.min(radius, width - 2 - column); dx++) {
      const at = (row + dy) * width + column + dx;
      const gx = (data[at + 1] as number) - (data[at - 1] as number);
      const gy = (data[at + width] as number) - (data[at - width] as number);
      const bin = Math.round((BINS * directionOf(gy, gx)) / (2 * Math.PI) + BINS) % BINS;
      const weight = (fading[Math.abs(dx)] as number) * (fading[Math.abs(dy)] as number) * Math.sqrt(gx * gx + gy * gy);
      histogram[bin] = (histogram[bin] as number) + weight;
    }
  }
  const around = (bin: number) => histogram[(bin + BINS) % BINS] as number;
  for (let bin = 0; bin < BINS; bin++) {
    smooth[bin] = (around(bin - 2) + around(bin + 2) + 4 * (around(bin - 1) + around(bin + 1)) + 6 * around(bin)) / 16;
  }
  const peaks: { strength: number; angle: number }[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const before = smooth[(bin + BINS - 1) % BINS] as number;
    const here = smooth[bin] as number;
    const after = smooth[(bin + 1) % BINS] as number;
    if (here <= before || here <= after) continue;
    const offset = (0.5 * (before - after)) / (before - 2 * here + after);
    peaks.push({ strength: here, angle: ((bin + offset) * 2 * Math.PI) / BINS });
  }
  peaks.sort((a, b) => b.strength - a.strength);
  const strongest = peaks[0]?.strength ?? 0;
  return peaks
    .filter(({ strength }) => strength >= SECOND * strongest)
    .slice(0, MOST)
    .map(({ angle }) => angle);
}

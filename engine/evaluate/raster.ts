import { solveLinear } from "../lib/linear.ts";

/** A picture in memory: uint8 RGB, [height, width, 3]. */
export interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
}

export type Point = readonly [x: number, y: number];
export type Quad = readonly [Point, Point, Point, Point];

/** The 3x3 matrix (row by row, last 1) that takes the four points of `from` to those of `to` (Hartley and Zisserman, 4.1). */
export function homography(from: Quad, to: Quad): number[] {
  const a: number[][] = [];
  const b: number[] = [];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i] ?? [0, 0];
    a.push([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]);
    b.push(u, v);
  });
  return [...solveLinear(a, b), 1];
}

/** Draws the whole of `source` into the quadrilateral `corners` (clockwise from top left, in pixels) of `target`, bilinear. */
export function drawInto(target: Raster, source: Raster, corners: Quad): void {
  const { width: sw, height: sh, data: from } = source;
  const edge: Quad = [
    [0, 0],
    [sw - 1, 0],
    [sw - 1, sh - 1],
    [0, sh - 1],
  ];
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = homography(corners, edge);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs)));
  const right = Math.min(target.width - 1, Math.ceil(Math.max(...xs)));
  const bottom = Math.min(target.height - 1, Math.ceil(Math.max(...ys)));
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const w = g * x + h * y + 1;
      const u = (a * x + b * y + c) / w;
      const v = (d * x + e * y + f) / w;
      if (u < 0 || v < 0 || u > sw - 1 || v > sh - 1) continue;
      const u0 = Math.floor(u);
      const v0 = Math.floor(v);
      const fu = u - u0;
      const fv = v - v0;
      const right3 = u0 + 1 < sw ? 3 : 0;
      const down = v0 + 1 < sh ? sw * 3 : 0;
      const at = (v0 * sw + u0) * 3;
      const to = (y * target.width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const i = at + channel;
        const top = (from[i] ?? 0) * (1 - fu) + (from[i + right3] ?? 0) * fu;
        const low = (from[i + down] ?? 0) * (1 - fu) + (from[i + down + right3] ?? 0) * fu;
        target.data[to + channel] = top * (1 - fv) + low * fv + 0.5;
      }
    }
  }
}

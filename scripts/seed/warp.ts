import type { Pixels } from "./pixels.ts";

/** Corners as fractions of the canvas: top left, top right, bottom right, bottom left. */
export type Quad = [[number, number], [number, number], [number, number], [number, number]];

/**
 * Draws `top`, seen in perspective with its corners at `quad`, over `bottom` (alpha respected, bilinear sampling).
 * Square-to-quad mapping: Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
 */
export function drawInPerspective(top: Pixels, bottom: Pixels, quad: Quad): Pixels {
  const out = { ...bottom, data: Uint8Array.from(bottom.data) };
  const inverse = quadToSquare(quad);
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      const [u, v] = project(inverse, (x + 0.5) / out.width, (y + 0.5) / out.height);
      if (u < 0 || u > 1 || v < 0 || v > 1) continue;
      const [r, g, b, a] = sample(top, u * top.width - 0.5, v * top.height - 0.5);
      const at = (y * out.width + x) * 4;
      for (const [channel, value] of [r, g, b].entries()) {
        out.data[at + channel] = Math.round(value * (a / 255) + (out.data[at + channel] ?? 0) * (1 - a / 255));
      }
    }
  }
  return out;
}

type Matrix = [number, number, number, number, number, number, number, number, number];

function project(m: Matrix, x: number, y: number): [number, number] {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

function quadToSquare([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]: Quad): Matrix {
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const det = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / det;
  const h = (dx1 * dy3 - dx3 * dy1) / det;
  const [a, b, c] = [x1 - x0 + g * x1, x3 - x0 + h * x3, x0];
  const [d, e, f] = [y1 - y0 + g * y1, y3 - y0 + h * y3, y0];
  // The adjugate: a homography's inverse up to scale.
  return [
    e - f * h,
    c * h - b,
    b * f - c * e,
    f * g - d,
    a - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}

function sample(image: Pixels, x: number, y: number): [number, number, number, number] {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const at = (px: number, py: number, channel: number) => {
    const cx = Math.min(Math.max(px, 0), image.width - 1);
    const cy = Math.min(Math.max(py, 0), image.height - 1);
    return image.data[(cy * image.width + cx) * 4 + channel] ?? 0;
  };
  const mix = (channel: number) => {
    const top = at(x0, y0, channel) * (1 - (x - x0)) + at(x0 + 1, y0, channel) * (x - x0);
    const bottom = at(x0, y0 + 1, channel) * (1 - (x - x0)) + at(x0 + 1, y0 + 1, channel) * (x - x0);
    return top * (1 - (y - y0)) + bottom * (y - y0);
  };
  return [mix(0), mix(1), mix(2), mix(3)];
}

import { FIRST_BLUR, type Level, type Octave, STEPS } from "./scale-space.ts";

/** A place of the picture that stands out at one scale. */
export interface Keypoint {
  /** Pixels of the first octave. */
  x: number;
  y: number;
  /** Index into the octaves, and of the level in it whose blur is nearest. */
  octave: number;
  level: number;
  /** Blur at which it stands out, pixels of its octave. */
  sigma: number;
  /** Contrast against its surroundings, 0..1. */
  response: number;
}

/** Least contrast, 0..1: packages have pale print on pale ground. */
const CONTRAST = 0.01;
/** Ratio of the curvatures beyond which a place lies on an edge, along which it could slide. */
const EDGE_RATIO = 10;
/** Pixels of an octave that are not looked at along its border. */
const BORDER = 5;
/** Moves by at most one pixel before a place is given up. */
const MOVES = 4;

type Differences = readonly Float32Array[];

function differencesOf(levels: readonly Level[]): Differences {
  return levels.slice(1).map(({ data }, index) => {
    const below = (levels[index] as Level).data;
    const out = new Float32Array(data.length);
    for (let i = 0; i < out.length; i++) out[i] = (data[i] as number) - (below[i] as number);
    return out;
  });
}

/**
 * Whether the value at `at` is above (or below) all of its 26 neighbours in space and scale. Written out: this is asked of
 * half a million places a picture, and loops over the neighbours take three times as long.
 */
function isExtremum(below: Float32Array, here: Float32Array, above: Float32Array, at: number, width: number): boolean {
  const value = here[at] as number;
  // Those of its own level first, the nearest before the others: most places fail there.
  return value > 0
    ? value > (here[at - 1] as number) &&
        value > (here[at + 1] as number) &&
        value > (here[at - width] as number) &&
        value > (here[at + width] as number) &&
        value > (here[at - width - 1] as number) &&
        value > (here[at - width + 1] as number) &&
        value > (here[at + width - 1] as number) &&
        value > (here[at + width + 1] as number) &&
        value >= largest(below, at, width) &&
        value >= largest(above, at, width)
    : value < (here[at - 1] as number) &&
        value < (here[at + 1] as number) &&
        value < (here[at - width] as number) &&
        value < (here[at + width] as number) &&
        value < (here[at - width - 1] as number) &&
        value < (here[at - width + 1] as number) &&
        value < (here[at + width - 1] as number) &&
        value < (here[at + width + 1] as number) &&
        value <= least(below, at, width) &&
        value <= least(above, at, width);
}

/** Of the place itself and the eight around it. */
function largest(plane: Float32Array, at: number, width: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let row = at - width; row <= at + width; row += width) {
    for (let place = row - 1; place <= row + 1; place++) most = Math.max(most, plane[place] as number);
  }
  return most;
}

function least(plane: Float32Array, at: number, width: number): number {
  let most = Number.POSITIVE_INFINITY;
  for (let row = at - width; row <= at + width; row += width) {
    for (let place = row - 1; place <= row + 1; place++) most = Math.min(most, plane[place] as number);
  }
  return most;
}

/**
 * Fits a parabola through the neighbours of a place (Brown and Lowe, BMVC 2002) and follows it to its peak.
 * @returns null where the peak is not to be pinned down, too faint, or on an edge
 */
function refine(
  differences: Differences,
  width: number,
  height: number,
  start: { x: number; y: number; level: number },
): { x: number; y: number; level: number; response: number } | null {
  let { x, y, level } = start;
  for (let move = 0; ; move++) {
    const at = y * width + x;
    const here = differences[level] as Float32Array;
    const below = differences[level - 1] as Float32Array;
    const above = differences[level + 1] as Float32Array;
    const centre = here[at] as number;
    const dx = ((here[at + 1] as number) - (here[at - 1] as number)) / 2;
    const dy = ((here[at + width] as number) - (here[at - width] as number)) / 2;
    const ds = ((above[at] as number) - (below[at] as number)) / 2;
    const dxx = (here[at + 1] as number) + (here[at - 1] as number) - 2 * centre;
    const dyy = (here[at + width] as number) + (here[at - width] as number) - 2 * centre;
    const dss = (above[at] as number) + (below[at] as number) - 2 * centre;
    const cross = (plane: Float32Array, a: number) => (plane[at + a + 1] as number) - (plane[at + a - 1] as number);
    const dxy = (cross(here, width) - cross(here, -width)) / 4;
    const dxs =
      ((above[at + 1] as number) - (above[at - 1] as number) - (below[at + 1] as number) + (below[at - 1] as number)) /
      4;
    const dys =
      ((above[at + width] as number) -
        (above[at - width] as number) -
        (below[at + width] as number) +
        (below[at - width] as number)) /
      4;
    // Solves the 3 x 3 system by Cramer's rule.
    const a = dyy * dss - dys * dys;
    const b = dxs * dys - dxy * dss;
    const c = dxy * dys - dxs * dyy;
    const determinant = dxx * a + dxy * b + dxs * c;
    if (determinant === 0) return null;
    const ox = -(a * dx + b * dy + c * ds) / determinant;
    const oy = -(b * dx + (dxx * dss - dxs * dxs) * dy + (dxy * dxs - dxx * dys) * ds) / determinant;
    const os = -(c * dx + (dxy * dxs - dxx * dys) * dy + (dxx * dyy - dxy * dxy) * ds) / determinant;
    if (Math.abs(ox) < 0.5 && Math.abs(oy) < 0.5 && Math.abs(os) < 0.5) {
      const response = Math.abs(centre + (dx * ox + dy * oy + ds * os) / 2) / 255;
      if (response * STEPS < CONTRAST) return null;
      const trace = dxx + dyy;
      const area = dxx * dyy - dxy * dxy;
      if (area <= 0 || trace * trace * EDGE_RATIO >= (EDGE_RATIO + 1) ** 2 * area) return null;
      return { x: x + ox, y: y + oy, level: level + os, response };
    }
    if (move === MOVES) return null;
    x += Math.round(ox);
    y += Math.round(oy);
    level += Math.round(os);
    const inside = x >= BORDER && x < width - BORDER && y >= BORDER && y < height - BORDER;
    if (!inside || level < 1 || level > STEPS) return null;
  }
}

/** Places that stand out from their surroundings at some scale (Lowe, IJCV 2004, sections 3 and 4), strongest first. */
export function detectKeypoints(octaves: readonly Octave[]): Keypoint[] {
  const found: Keypoint[] = [];
  const faint = (0.5 * CONTRAST * 255) / STEPS;
  octaves.forEach(({ scale, levels }, octave) => {
    const differences = differencesOf(levels);
    const { width, height } = levels[0] as Level;
    for (let level = 1; level <= STEPS; level++) {
      const below = differences[level - 1] as Float32Array;
      const here = differences[level] as Float32Array;
      const above = differences[level + 1] as Float32Array;
      for (let y = BORDER; y < height - BORDER; y++) {
        for (let x = BORDER; x < width - BORDER; x++) {
          const at = y * width + x;
          const value = here[at] as number;
          if (value < faint && value > -faint) continue;
          if (!isExtremum(below, here, above, at, width)) continue;
          const fine = refine(differences, width, height, { x, y, level });
          if (fine === null) continue;
          found.push({
            x: fine.x * scale,
            y: fine.y * scale,
            octave,
            level: Math.min(levels.length - 1, Math.max(0, Math.round(fine.level))),
            sigma: FIRST_BLUR * 2 ** (fine.level / STEPS),
            response: fine.response,
          });
        }
      }
    }
  });
  return found.sort((a, b) => b.response - a.response);
}

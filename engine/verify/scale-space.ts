import { type Mat, type OpenCv, withScope } from "../lib/opencv.ts";

/**
 * The Gaussian scale space of a picture (Lowe, IJCV 2004, section 3): octaves of halved size, each blurred in steps. What
 * a thing looks like from near and from far lies in it side by side, which is why its points are found again.
 */

/** Steps that double the blur; an octave has three levels more, so that every step has neighbours to compare with. */
export const STEPS = 3;
const LEVELS = STEPS + 3;
/** Blur, in pixels of its octave, of an octave's first level. */
export const FIRST_BLUR = 1.6;
/** Blur that a camera's picture is taken to have. */
const CAMERA_BLUR = 0.5;
/** An octave whose shorter side has fewer pixels has nothing to find that is not the border's. */
const SMALLEST_OCTAVE = 24;

export interface Level {
  /** float32 [height, width], 0..255. */
  data: Float32Array;
  width: number;
  height: number;
}

export interface Octave {
  /** Pixels of the first octave that one pixel of this one stands for. */
  scale: number;
  /** Levels of rising blur: `FIRST_BLUR * 2 ** (index / STEPS)`. */
  levels: readonly Level[];
}

const blurOf = (level: number) => FIRST_BLUR * 2 ** (level / STEPS);
/** What has to be added to a blur to make it another. */
const between = (from: number, to: number) => Math.sqrt(to * to - from * from);

function blurred(cv: OpenCv, from: Mat, sigma: number): Mat {
  const to = new cv.Mat();
  // Three standard deviations either side hold all but 0.3 % of the weight.
  const side = 2 * Math.ceil(3 * sigma) + 1;
  cv.GaussianBlur(from, to, new cv.Size(side, side), sigma);
  return to;
}

/**
 * @param grey float32 [height, width], 0..255; stays the caller's
 * @param enlarged how often a camera's pixel lies side by side in it
 */
export function scaleSpaceOf(cv: OpenCv, grey: Mat, enlarged: number): Octave[] {
  const octaves: Octave[] = [];
  withScope((own) => {
    let first = own(blurred(cv, grey, between(CAMERA_BLUR * enlarged, FIRST_BLUR)));
    for (let scale = 1; Math.min(first.cols, first.rows) >= SMALLEST_OCTAVE; scale *= 2) {
      const levels: Level[] = [];
      let mat = first;
      let next = first;
      for (let level = 0; level < LEVELS; level++) {
        if (level > 0) mat = own(blurred(cv, mat, between(blurOf(level - 1), blurOf(level))));
        if (level === STEPS) next = mat;
        levels.push({ data: mat.data32F.slice(), width: mat.cols, height: mat.rows });
      }
      octaves.push({ scale, levels });
      const half = own(new cv.Mat());
      // Every other pixel: the level is blurred twice as much as the first, nothing aliases.
      cv.resize(next, half, new cv.Size(next.cols >> 1, next.rows >> 1), 0, 0, cv.INTER_NEAREST);
      first = half;
    }
  });
  return octaves;
}

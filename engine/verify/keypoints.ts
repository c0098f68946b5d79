import { type KeyPoint, type Mat, type OpenCv, withScope } from "../lib/opencv.ts";

/** Scale pyramid of the detector: each level is the last one shrunk by `factor`. */
export const PYRAMID = { factor: 1.2, levels: 8 } as const;

/** Detected for each one kept: what is left after spreading covers the product, not just its busiest corner. */
const SURPLUS = 4;
const EDGE = 20;
const PATCH = 31;
const FAST_THRESHOLD = 5;
/** Pixels of the widest grid that keypoints are thinned on. */
const WIDEST_CELL = 16;
const NARROWEST_CELL = 1.5;

/** Strongest first; at most one a grid cell and band of scales, on the widest grid that still gives `count`. */
function spread(sorted: readonly KeyPoint[], count: number): KeyPoint[] {
  for (let cell = WIDEST_CELL; ; cell *= 0.75) {
    const taken = new Set<number>();
    const kept: KeyPoint[] = [];
    for (const point of sorted) {
      const key =
        (Math.floor(point.pt.y / cell) * 4096 + Math.floor(point.pt.x / cell)) * 4 + Math.floor(point.octave / 3);
      if (taken.has(key)) continue;
      taken.add(key);
      kept.push(point);
      if (kept.length === count) return kept;
    }
    if (cell < NARROWEST_CELL) return kept;
  }
}

/**
 * Oriented FAST corners with Harris scores over a scale pyramid (ORB's detector; Rublee et al., ICCV 2011), spread over
 * the picture. `pt` is in pixels of `grey`, whatever the level.
 */
export function detectKeypoints(cv: OpenCv, grey: Mat, count: number): KeyPoint[] {
  return withScope((own) => {
    const score = typeof cv.ORB_HARRIS_SCORE === "number" ? cv.ORB_HARRIS_SCORE : cv.ORB_HARRIS_SCORE.value;
    const orb = own(
      new cv.ORB(count * SURPLUS, PYRAMID.factor, PYRAMID.levels, EDGE, 0, 2, score, PATCH, FAST_THRESHOLD),
    );
    const found = own(new cv.KeyPointVector());
    orb.detect(grey, found, own(new cv.Mat()));
    const points = Array.from({ length: found.size() }, (_, index) => found.get(index));
    points.sort((a, b) => b.response - a.response);
    return spread(points, count);
  });
}

import { type OpenCv, withScope } from "../lib/opencv.ts";

/** Row-major 3 x 3. */
export type Homography = readonly number[];

/** Pixels that a point may lie beside its place. */
const THRESHOLD = 4;
const ITERATIONS = 1000;
const CONFIDENCE = 0.999;
/** What no camera does to a product: scale it by more than 8, squeeze it by more than 3.5, tilt it beyond 3 to 1. */
const LIMITS = { larger: 8, smaller: 0.1, squeeze: 3.5, tilt: 3 };

/** Fits catalogue points to query points (float32 [n, 2], pixels). Null where no geometry is found. */
export function fitHomography(
  cv: OpenCv,
  from: Float32Array,
  to: Float32Array,
): { matrix: Homography; inliers: boolean[] } | null {
  return withScope((own) => {
    const count = from.length / 2;
    const mask = own(new cv.Mat());
    const matrix = own(
      cv.findHomography(
        own(cv.matFromArray(count, 1, cv.CV_32FC2, from)),
        own(cv.matFromArray(count, 1, cv.CV_32FC2, to)),
        cv.USAC_MAGSAC,
        THRESHOLD,
        mask,
        ITERATIONS,
        CONFIDENCE,
      ),
    );
    if (matrix.empty()) return null;
    return { matrix: [...matrix.data64F], inliers: Array.from(mask.data, (value) => value > 0) };
  });
}

/**
 * Whether a homography is one that a camera could have made of a flat thing, judged at the points that it explains:
 * none behind the camera, not mirrored, not collapsed. RANSAC finds dozens of "inliers" in unrelated pictures otherwise.
 */
export function isPlausible(h: Homography, points: readonly (readonly [number, number])[]): boolean {
  const [h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0, h8 = 0] = h;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const [x, y] of points) {
    const w = h6 * x + h7 * y + h8;
    least = Math.min(least, w);
    most = Math.max(most, w);
  }
  if (least <= 0 && most >= 0) return false;
  const tilt = Math.abs(most) > Math.abs(least) ? most / least : least / most;
  if (tilt > LIMITS.tilt) return false;
  const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  const w = h6 * x + h7 * y + h8;
  const u = (h0 * x + h1 * y + h2) / w;
  const v = (h3 * x + h4 * y + h5) / w;
  // Jacobian of the mapping at the points' centre, and its singular values.
  const a = (h0 - u * h6) / w;
  const b = (h1 - u * h7) / w;
  const c = (h3 - v * h6) / w;
  const d = (h4 - v * h7) / w;
  const determinant = a * d - b * c;
  if (determinant <= 0) return false;
  const squares = (a * a + b * b + c * c + d * d) / 2;
  const spread = Math.sqrt(Math.max(0, squares * squares - determinant * determinant));
  const larger = Math.sqrt(squares + spread);
  const smaller = determinant / larger;
  return larger <= LIMITS.larger && smaller >= LIMITS.smaller && larger / smaller <= LIMITS.squeeze;
}

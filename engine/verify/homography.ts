import { solveLinear } from "../lib/linear.ts";

/** Row-major 3 x 3. */
export type Homography = readonly number[];
export type Place = readonly [x: number, y: number];

/** What no camera does to a product: scale it by more than 8, squeeze it by more than 3.5, tilt it beyond 3 to 1. */
const LIMITS = { larger: 8, smaller: 0.1, squeeze: 3.5, tilt: 3 };

/** Where a point is carried to. */
export function carry(h: Homography, [x, y]: Place): [number, number] {
  const w = (h[6] ?? 0) * x + (h[7] ?? 0) * y + (h[8] ?? 1);
  return [((h[0] ?? 0) * x + (h[1] ?? 0) * y + (h[2] ?? 0)) / w, ((h[3] ?? 0) * x + (h[4] ?? 0) * y + (h[5] ?? 0)) / w];
}

export function multiply(a: Homography, b: Homography): Homography {
  return Array.from({ length: 9 }, (_, i) => {
    const row = 3 * Math.floor(i / 3);
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[3 * k + (i % 3)] ?? 0), 0);
  });
}

/** Null where the mapping collapses. */
export function inverse(h: Homography): Homography | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0, j = 0] = h;
  const cofactors = [e * j - f * i, f * g - d * j, d * i - e * g] as const;
  const determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2];
  if (!Number.isFinite(1 / determinant)) return null;
  return [
    ...[cofactors[0], c * i - b * j, b * f - c * e],
    ...[cofactors[1], a * j - c * g, c * d - a * f],
    ...[cofactors[2], b * g - a * i, a * e - b * d],
  ].map((value) => value / determinant);
}

/** Moves the points' centre to the origin and their mean distance from it to the square root of 2 (Hartley, PAMI 1997). */
function normalising(points: readonly Place[]): { to: Homography; back: Homography } {
  const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  const spread = points.reduce((sum, point) => sum + Math.hypot(point[0] - x, point[1] - y), 0) / points.length;
  const s = Math.SQRT2 / (spread || 1);
  return { to: [s, 0, -s * x, 0, s, -s * y, 0, 0, 1], back: [1 / s, 0, x, 0, 1 / s, y, 0, 0, 1] };
}

/** Least squares over the rows `[coefficients..., value]`, by the normal equations; null where they leave it open. */
function leastSquares(rows: readonly (readonly number[])[], unknowns: number): number[] | null {
  const a = Array.from({ length: unknowns }, () => new Array<number>(unknowns).fill(0));
  const b = new Array<number>(unknowns).fill(0);
  for (const row of rows) {
    for (let i = 0; i < unknowns; i++) {
      const left = row[i] as number;
      if (left === 0) continue;
      const target = a[i] as number[];
      for (let j = 0; j < unknowns; j++) target[j] = (target[j] as number) + left * (row[j] as number);
      b[i] = (b[i] as number) + left * (row[unknowns] as number);
    }
  }
  const solved = solveLinear(a, b);
  return solved.every(Number.isFinite) ? solved : null;
}

/**
 * The mapping that carries `from` nearest to `to`.
 * @param kind an affine one needs three points, a homography four; null where they do not determine it
 */
export function fitMapping(
  kind: "affine" | "homography",
  from: readonly Place[],
  to: readonly Place[],
): Homography | null {
  const [source, target] = [normalising(from), normalising(to)];
  const rows = from.flatMap((point, index) => {
    const [x, y] = carry(source.to, point);
    const [u, v] = carry(target.to, to[index] ?? [0, 0]);
    return kind === "affine"
      ? [
          [x, y, 1, 0, 0, 0, u],
          [0, 0, 0, x, y, 1, v],
        ]
      : [
          [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
          [0, 0, 0, x, y, 1, -v * x, -v * y, v],
        ];
  });
  const solved = leastSquares(rows, kind === "affine" ? 6 : 8);
  if (solved === null) return null;
  const normalised = kind === "affine" ? [...solved, 0, 0, 1] : [...solved, 1];
  return multiply(target.back, multiply(normalised, source.to));
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

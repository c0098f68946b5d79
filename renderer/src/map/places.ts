import { polygonContains } from "d3-polygon";
import type { MapPoints } from "../../../shared/contract/map.ts";
import type { Candidate } from "../../../shared/contract/match.ts";
import type { Point } from "./view.ts";

type Places = Pick<MapPoints, "x" | "y">;

/** @returns the points within the outline, which is in the plane's coordinates */
export function within({ x, y }: Places, outline: readonly Point[]): number[] {
  const corners = outline.map(([a, b]): [number, number] => [a, b]);
  if (corners.length < 3) return [];
  const found: number[] = [];
  for (const [at, value] of x.entries()) if (polygonContains(corners, [value, y[at] ?? 0])) found.push(at);
  return found;
}

/** The points nearest to one on the plane, itself left out, nearest first. */
export function nearestTo({ x, y }: Places, of: number, most: number): number[] {
  const distance = (at: number) => Math.hypot((x[at] ?? 0) - (x[of] ?? 0), (y[at] ?? 0) - (y[of] ?? 0));
  return [...x.keys()]
    .filter((at) => at !== of)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, most);
}

/** Candidates that a photo is placed by. */
const MOST = 8;
/** How much nearer a cosine that is greater by so much pulls. */
const SHARP = 0.05;

/**
 * Where a photo lies among the products: between those that it is like, the more so the more it is like them.
 * @returns null where none of them is on the map
 */
export function placeOf(
  matches: readonly Pick<Candidate, "sku" | "similarity">[],
  kind: "image" | "text",
  points: MapPoints,
): Point | null {
  const places = new Map(points.skus.map((sku, at) => [sku, at]));
  const near = matches
    .flatMap(({ sku, similarity }) => {
      const at = places.get(sku);
      const value = similarity[kind] ?? similarity.textToImage;
      return at === undefined || value === null ? [] : [{ at, value }];
    })
    .slice(0, MOST);
  const best = Math.max(...near.map(({ value }) => value));
  let [sum, x, y] = [0, 0, 0];
  for (const { at, value } of near) {
    const weight = Math.exp((value - best) / SHARP);
    sum += weight;
    x += weight * (points.x[at] ?? 0);
    y += weight * (points.y[at] ?? 0);
  }
  return sum === 0 ? null : [x / sum, y / sum];
}

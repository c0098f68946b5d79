import type { Candidate } from "../../../shared/contract/match.ts";
import type { Rect } from "./contained.ts";

export interface Line {
  key: string;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** More would cover what they are to show. */
const MOST_LINES = 28;

/** Lines from the points of the query picture to those of the catalogue's, in the pixels of the frame around both. */
export function linesBetween(points: Candidate["points"], query: Rect, catalogue: Rect): Line[] {
  const count = Math.min(MOST_LINES, points.length);
  const spread = Array.from({ length: count }, (_, n) => Math.floor((n * points.length) / count));
  return spread.flatMap((index) => {
    const point = points[index];
    if (point === undefined) return [];
    const [queryX, queryY] = point.query;
    const [catalogueX, catalogueY] = point.catalogue;
    return {
      key: String(index),
      x1: query.x + queryX * query.width,
      y1: query.y + queryY * query.height,
      x2: catalogue.x + catalogueX * catalogue.width,
      y2: catalogue.y + catalogueY * catalogue.height,
    };
  });
}

import type { Candidate } from "../../../shared/contract/match.ts";
import type { Rect } from "./contained.ts";

type Differences = NonNullable<Candidate["differences"]>;

/** Percent from which a place is drawn: below, it is rather the same than not. */
const LEAST = 50;

export interface DifferingPlace {
  key: number;
  /** How likely it differs. */
  percent: number;
  /** Corners in both pictures, as an SVG polygon's `points`. */
  query: string;
  catalogue: string;
}

/** The places that look different, in the pixels of the frame around both pictures; what lies outside a picture is left out. */
export function differingPlaces(differences: Differences, query: Rect, catalogue: Rect): DifferingPlace[] {
  const { side, values, catalogue: box, photo } = differences;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 1] = photo;
  const inPhoto = ([u, v]: readonly [number, number]): [number, number] => {
    const w = g * u + h * v + i;
    return [(a * u + b * v + c) / w, (d * u + e * v + f) / w];
  };
  const inCatalogue = ([u, v]: readonly [number, number]): [number, number] => [
    box.x + u * box.width,
    box.y + v * box.height,
  ];
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const drawn = (corners: readonly [number, number][], { x, y, width, height }: Rect) =>
    corners.map(([u, v]) => `${(x + clamp(u) * width).toFixed(1)},${(y + clamp(v) * height).toFixed(1)}`).join(" ");
  return values.flatMap((percent, at) => {
    if (percent < LEAST) return [];
    const [column, row] = [at % side, Math.floor(at / side)];
    const corners = (
      [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ] as const
    ).map(([x, y]) => [x / side, y / side] as const);
    return {
      ...{ key: at, percent },
      query: drawn(corners.map(inPhoto), query),
      catalogue: drawn(corners.map(inCatalogue), catalogue),
    };
  });
}

/** Share of the places that the photo shows that look different, 0..1. */
export function shareDiffering({ values }: Differences): number {
  const shown = values.filter((value) => value >= 0);
  return shown.length === 0 ? 0 : shown.filter((value) => value >= LEAST).length / shown.length;
}

import type { RotatedRect } from "../../lib/opencv.ts";

export type Point = readonly [number, number];

/** Corners in the reading direction: top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point];

/**
 * The corners of a rotated rectangle, `margin` pixels wider on every side. The long side is taken as the text's
 * direction, read from left to right; a standing line from top to bottom.
 */
export function quadOf({ center, size, angle }: RotatedRect, margin: number): Quad {
  let radians = (angle * Math.PI) / 180;
  let [width, height] = [size.width + 2 * margin, size.height + 2 * margin];
  if (height > width) {
    [width, height] = [height, width];
    radians += Math.PI / 2;
  }
  let [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  // Nearly standing: from the top down. Otherwise from the left to the right.
  if (Math.abs(cos) > 0.26 ? cos < 0 : sin < 0) [cos, sin] = [-cos, -sin];
  const corner = (along: number, across: number): Point => [
    center.x + (cos * along * width) / 2 - (sin * across * height) / 2,
    center.y + (sin * along * width) / 2 + (cos * across * height) / 2,
  ];
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

export function sidesOf([a, b, , d]: Quad): { width: number; height: number } {
  return { width: Math.hypot(b[0] - a[0], b[1] - a[1]), height: Math.hypot(d[0] - a[0], d[1] - a[1]) };
}

const middle = (quad: Quad, axis: 0 | 1) => quad.reduce((sum, point) => sum + point[axis], 0) / 4;

/** From the top down; those whose middles are within half a line's height from the left to the right. */
export function inReadingOrder<T extends { quad: Quad }>(lines: readonly T[]): T[] {
  const rest = lines.toSorted((a, b) => middle(a.quad, 1) - middle(b.quad, 1));
  const ordered: T[] = [];
  while (rest.length > 0) {
    const [first] = rest as [T];
    const reach = middle(first.quad, 1) + sidesOf(first.quad).height / 2;
    const row = rest.filter((one) => middle(one.quad, 1) <= reach);
    ordered.push(...row.toSorted((a, b) => middle(a.quad, 0) - middle(b.quad, 0)));
    rest.splice(0, rest.length, ...rest.filter((one) => !row.includes(one)));
  }
  return ordered;
}

import type { Region } from "../../../shared/contract/domain.ts";

/** Geometry of the box around the product. All of it in shares of the picture, 0..1, as the contract takes it. */

export interface Point {
  x: number;
  y: number;
}
export type Corner = "nw" | "ne" | "sw" | "se";

/** Smaller is a slip of the hand, and too little to recognise anything in. */
export const MIN_SIDE = 0.04;

export const CENTRED: Region = { x: 0.2, y: 0.2, width: 0.6, height: 0.6 };

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function rounded(box: Region): Region {
  const four = (value: number) => Math.round(value * 10_000) / 10_000;
  return { x: four(box.x), y: four(box.y), width: four(box.width), height: four(box.height) };
}

/** @returns null where the drag was too short to mean a box */
export function boxBetween(from: Point, to: Point): Region | null {
  const left = clamp(Math.min(from.x, to.x), 0, 1);
  const top = clamp(Math.min(from.y, to.y), 0, 1);
  const width = clamp(Math.max(from.x, to.x), 0, 1) - left;
  const height = clamp(Math.max(from.y, to.y), 0, 1) - top;
  return width < MIN_SIDE || height < MIN_SIDE ? null : rounded({ x: left, y: top, width, height });
}

/** Keeps its size; stops at the picture's edges. */
export function moved(box: Region, dx: number, dy: number): Region {
  return rounded({
    ...box,
    x: clamp(box.x + dx, 0, 1 - box.width),
    y: clamp(box.y + dy, 0, 1 - box.height),
  });
}

/** Pulls one corner; the opposite one stays. */
export function resized(box: Region, corner: Corner, dx: number, dy: number): Region {
  let left = box.x;
  let top = box.y;
  let right = box.x + box.width;
  let bottom = box.y + box.height;
  if (corner.endsWith("w")) left = clamp(left + dx, 0, right - MIN_SIDE);
  else right = clamp(right + dx, left + MIN_SIDE, 1);
  if (corner.startsWith("n")) top = clamp(top + dy, 0, bottom - MIN_SIDE);
  else bottom = clamp(bottom + dy, top + MIN_SIDE, 1);
  return rounded({ x: left, y: top, width: right - left, height: bottom - top });
}

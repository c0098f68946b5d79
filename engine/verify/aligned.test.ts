import { expect, test } from "vitest";
import { loadOpenCv } from "../lib/opencv.ts";
import { ALIGNED_SIDE, type AlignedPair, alignPair, levelsOf } from "./aligned.ts";
import type { RgbPixels } from "./features.ts";
import { sketchOf } from "./sketch.ts";

const cv = await loadOpenCv();
const AREA = ALIGNED_SIDE * ALIGNED_SIDE;

function drawn(width: number, height: number, pixel: (x: number, y: number) => readonly [number, number, number]) {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(pixel(x, y), 3 * (y * width + x));
  return { rgb, width, height } satisfies RgbPixels;
}

const print = (u: number, v: number): readonly [number, number, number] => [
  120 + 80 * Math.sin(9 * u),
  120 + 80 * Math.cos(7 * v),
  60 + 120 * v,
];

/** On white: a package whose print reaches from (60, 40) to (240, 360), with a white band across it. */
const CATALOGUE = drawn(300, 400, (x, y) => {
  const [u, v] = [(x - 60) / 180, (y - 40) / 320];
  return u < 0 || v < 0 || u >= 1 || v >= 1 || (v > 0.4 && v < 0.5) ? [255, 255, 255] : print(u, v);
});
const SIZE = { width: 300, height: 400 };

function differenceOf({ catalogue, photo, mask }: AlignedPair): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < AREA; at++) {
    if (mask[at] === 0) continue;
    count += 3;
    for (let c = 0; c < 3; c++)
      sum += Math.abs((catalogue[c * AREA + at] as number) - (photo[c * AREA + at] as number));
  }
  return sum / count;
}

test("a photo that shows the picture three times as large, moved, comes to lie on it", () => {
  const photo = drawn(1200, 1300, (x, y) => {
    const [u, v] = [((x - 90) / 3 - 60) / 180, ((y - 60) / 3 - 40) / 320];
    return u < 0 || v < 0 || u >= 1 || v >= 1 || (v > 0.4 && v < 0.5) ? [255, 255, 255] : print(u, v);
  });
  const pair = alignPair(
    levelsOf(cv, photo),
    sketchOf(cv, CATALOGUE),
    [3, 0, 90, 0, 3, 60, 0, 0, 1],
    { width: 1200, height: 1300 },
    SIZE,
  );
  if (pair === null) throw new Error("nothing in common");
  expect(differenceOf(pair)).toBeLessThan(6);
  const covered = pair.mask.reduce((sum, value) => sum + value, 0) / AREA;
  // All but the margin: the white band is no background.
  expect(covered).toBeGreaterThan(0.85);
  expect(covered).toBeLessThan(0.98);
});

test("what the photo's edge cuts off takes no part, and too little in common says nothing", () => {
  const photo = drawn(400, 400, () => [10, 20, 30]);
  const at = (left: number) =>
    alignPair(levelsOf(cv, photo), sketchOf(cv, CATALOGUE), [1, 0, left, 0, 1, 0, 0, 0, 1], photo, SIZE);
  const whole = at(20)?.mask.reduce((sum, value) => sum + value, 0) ?? 0;
  const half = at(250)?.mask.reduce((sum, value) => sum + value, 0) ?? 0;
  expect(half / whole).toBeGreaterThan(0.4);
  expect(half / whole).toBeLessThan(0.6);
  expect(at(339)).toBeNull();
});

import { expect, test } from "vitest";
import { seededRandom } from "../evaluate/metrics.ts";
import { findGeometry, type PointPairs } from "./geometry.ts";
import { carry, fitMapping, type Homography, type Place } from "./homography.ts";

/** A face seen from the side, half as large, turned by 0.3. */
const VIEW: Homography = [0.4, -0.16, 200, 0.12, 0.46, 90, 0.0003, 0.0001, 1];

/** `right` pairs that the view carries over, by `noise` pixels beside their place, among `wrong` ones that lie anywhere. */
function pairs(right: number, wrong: number, noise = 1): PointPairs {
  const random = seededRandom(11);
  const count = right + wrong;
  const made = {
    count,
    catalogue: Float32Array.from({ length: 2 * count }, () => random() * 600),
    query: Float32Array.from({ length: 2 * count }, () => random() * 900),
    scale: Float32Array.from({ length: count }, () => 2 ** (random() * 4 - 2)),
    turn: Float32Array.from({ length: count }, () => random() * 6 - 3),
  };
  for (let i = 0; i < right; i++) {
    const [x, y] = carry(VIEW, [made.catalogue[2 * i] as number, made.catalogue[2 * i + 1] as number]);
    made.query.set([x + (random() - 0.5) * noise, y + (random() - 0.5) * noise], 2 * i);
    made.scale[i] = 0.45 * 2 ** ((random() - 0.5) / 2);
    made.turn[i] = 0.3 + (random() - 0.5) / 4;
  }
  return made;
}

test("one right pair in fifteen is enough, and the mapping is the view's", () => {
  const found = findGeometry(pairs(16, 224));
  expect(found?.agreeing.length).toBeGreaterThanOrEqual(14);
  expect(found?.agreeing.every((index) => index < 16)).toBe(true);
  const [x, y] = carry(found?.matrix ?? [], [300, 300]);
  const [u, v] = carry(VIEW, [300, 300]);
  expect(Math.hypot(x - u, y - v)).toBeLessThan(3);
});

test("pairs that lie anywhere agree on nothing", () => {
  expect(findGeometry(pairs(0, 240))).toBeNull();
  expect(findGeometry(pairs(3, 0))).toBeNull();
});

test("many points at one place are one observation", () => {
  const made = pairs(12, 0);
  for (let i = 1; i < 12; i++) {
    made.catalogue.copyWithin(2 * i, 0, 2);
    made.query.copyWithin(2 * i, 0, 2);
  }
  expect(findGeometry(made)).toBeNull();
});

test("a mapping is fitted to the points that it is given, and not where they leave it open", () => {
  const from: Place[] = [
    [0, 0],
    [400, 10],
    [380, 500],
    [20, 480],
    [200, 250],
  ];
  const to = from.map((place) => carry(VIEW, place));
  const found = fitMapping("homography", from, to) ?? [];
  for (const place of from) {
    const [x, y] = carry(found, place);
    const [u, v] = carry(VIEW, place);
    expect(Math.hypot(x - u, y - v)).toBeLessThan(1e-6);
  }
  const line: Place[] = [
    [0, 0],
    [1, 1],
    [2, 2],
  ];
  expect(fitMapping("affine", line, line)).toBeNull();
});

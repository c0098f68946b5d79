import { expect, test } from "vitest";
import { directionOf } from "./direction.ts";

test("all the way round, it is Math.atan2 to five digits, whatever the gradient's strength", () => {
  for (let step = -1000; step <= 1000; step++) {
    const angle = (step / 1000) * 0.9999 * Math.PI;
    for (const strength of [0.001, 1, 400]) {
      const [x, y] = [strength * Math.cos(angle), strength * Math.sin(angle)];
      expect(Math.abs(directionOf(y, x) - Math.atan2(y, x))).toBeLessThan(1.2e-5);
    }
  }
  expect(directionOf(0, 0)).toBe(0);
  expect(directionOf(0, -2)).toBeCloseTo(Math.PI, 4);
  expect(directionOf(-3, 0)).toBeCloseTo(-Math.PI / 2, 4);
});

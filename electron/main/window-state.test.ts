import { expect, it } from "vitest";
import { fitBounds } from "./window-state.ts";

const small = { x: 0, y: 25, width: 1366, height: 743 };
const right = { x: 1366, y: 0, width: 1920, height: 1080 };

it("opens in the middle of the first screen", () => {
  expect(fitBounds(null, [right])).toEqual({ x: 1686, y: 120, width: 1280, height: 840 });
  expect(fitBounds(null, [small, right])).toEqual({ x: 43, y: 25, width: 1280, height: 743 });
});

it("opens where it was, on any screen", () => {
  const kept = { x: 1500, y: 40, width: 1000, height: 700 };
  expect(fitBounds(kept, [small, right])).toEqual(kept);
});

it("comes back from a screen that is gone, keeping its size", () => {
  expect(fitBounds({ x: 1500, y: 40, width: 1000, height: 700 }, [small])).toEqual({
    x: 183,
    y: 47,
    width: 1000,
    height: 700,
  });
});

it.each([
  { x: -950, y: 100, width: 1000, height: 700 },
  { x: 100, y: -400, width: 1000, height: 700 },
  { x: 100, y: 760, width: 1000, height: 700 },
])("is brought back where its title bar can't be got hold of: %j", (kept) => {
  const { x, y } = fitBounds(kept, [small]);
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(25);
});

it("is never larger than its screen, nor too small to use", () => {
  expect(fitBounds({ x: 0, y: 25, width: 5000, height: 4000 }, [small])).toMatchObject({ width: 1366, height: 743 });
  expect(fitBounds({ x: 0, y: 25, width: 10, height: 10 }, [small])).toMatchObject({ width: 800, height: 560 });
});

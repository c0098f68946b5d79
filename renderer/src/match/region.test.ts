import { describe, expect, it } from "vitest";
import { regionSchema } from "../../../shared/contract/domain.ts";
import { containedIn } from "../lib/contained.ts";
import { boxBetween, CENTRED, MIN_SIDE, moved, resized } from "./region.ts";

describe("a drawn box", () => {
  it("is the same in whichever direction it was drawn", () => {
    const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    expect(boxBetween({ x: 0.1, y: 0.2 }, { x: 0.4, y: 0.6 })).toEqual(box);
    expect(boxBetween({ x: 0.4, y: 0.6 }, { x: 0.1, y: 0.2 })).toEqual(box);
  });

  it("ends at the picture's edge", () => {
    expect(boxBetween({ x: 0.5, y: 0.5 }, { x: 3, y: -2 })).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
  });

  it("is none where the pointer hardly moved", () => {
    expect(boxBetween({ x: 0.5, y: 0.5 }, { x: 0.51, y: 0.9 })).toBeNull();
  });
});

describe("a box that is moved or resized", () => {
  it("keeps its size at the edge", () => {
    expect(moved(CENTRED, 5, -5)).toEqual({ x: 0.4, y: 0, width: 0.6, height: 0.6 });
  });

  it("keeps the corner opposite to the one that is pulled", () => {
    expect(resized(CENTRED, "nw", 0.1, 0.1)).toEqual({ x: 0.3, y: 0.3, width: 0.5, height: 0.5 });
    expect(resized(CENTRED, "se", 0.1, 0.1)).toEqual({ x: 0.2, y: 0.2, width: 0.7, height: 0.7 });
  });

  it("never turns inside out", () => {
    const box = resized(CENTRED, "nw", 3, 3);
    expect(box.width).toBeCloseTo(MIN_SIDE);
    expect(box.height).toBeCloseTo(MIN_SIDE);
  });

  it("always is what the contract takes", () => {
    for (let step = 0; step < 200; step++) {
      const by = Math.sin(step * 12.9898) * 2;
      expect(regionSchema.safeParse(moved(CENTRED, by, -by)).success).toBe(true);
      expect(regionSchema.safeParse(resized(CENTRED, step % 2 ? "ne" : "sw", by, by / 3)).success).toBe(true);
    }
  });
});

describe("a picture in a frame", () => {
  it("is shown whole and centred", () => {
    expect(containedIn({ width: 200, height: 100 }, { width: 50, height: 50 })).toEqual({
      x: 50,
      y: 0,
      width: 100,
      height: 100,
    });
  });

  it("is nowhere before either is measured", () => {
    expect(containedIn({ width: 0, height: 0 }, { width: 5, height: 5 }).width).toBe(0);
  });
});

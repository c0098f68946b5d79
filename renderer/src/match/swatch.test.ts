import { expect, it } from "vitest";
import { swatchOf } from "./swatch.ts";

it("knows plain, light and dark colours", () => {
  expect(swatchOf("red")).toBe("#cc2b2b");
  expect(swatchOf("Dark Blue")).toBe("color-mix(in srgb, #2a62c9 65%, black)");
  expect(swatchOf("light-green")).toBe("color-mix(in srgb, #2f8f46 60%, white)");
});

it("shows a pattern for what it does not know", () => {
  expect(swatchOf("sunset")).toContain("gradient");
});

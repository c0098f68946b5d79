import { expect, it } from "vitest";
import { backOffMs } from "./back-off.ts";

it("starts at once after the first end, then waits longer, and never longer than half a minute", () => {
  expect([0, 1, 2, 3, 4, 9, 100].map(backOffMs)).toEqual([0, 0, 250, 500, 1000, 30_000, 30_000]);
});

import { expect, it } from "vitest";
import { answeredIn, waterfall } from "./timings.ts";

it("puts stages one after the other", () => {
  const { bars, total } = waterfall({ decode: 10, encode: 30, total: 40 });
  expect(total).toBe(40);
  expect(bars).toEqual([
    { name: "decode", ms: 10, start: 0, length: 0.25 },
    { name: "encode", ms: 30, start: 0.25, length: 0.75 },
  ]);
});

it("keeps stages that ran side by side on the axis", () => {
  for (const bar of waterfall({ a: 80, b: 80, total: 100 }).bars) expect(bar.start + bar.length).toBeLessThanOrEqual(1);
});

it("sums where no total was kept, and stands a run without stages", () => {
  expect(waterfall({ a: 1, b: 2 }).total).toBe(3);
  expect(waterfall({}).bars).toEqual([]);
});

it("leaves out of the time to the answer what came behind it", () => {
  expect(answeredIn({ encode: 30, total: 40 })).toBe(40);
  expect(answeredIn({ encode: 30, "describe by model": 900, "search by description": 20, total: 960 })).toBe(40);
  expect(answeredIn({ encode: 30 })).toBeUndefined();
});

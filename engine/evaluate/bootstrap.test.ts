import { expect, test } from "vitest";
import { interval95, quantile, resample, roundsFor } from "./bootstrap.ts";
import { weightedMean } from "./metrics.ts";

const meanOf = (values: readonly number[]) => weightedMean(values.map((value, index) => ({ case: index, value })));
const everyThird = (count: number) => Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 0 : 1));
const alone = (count: number) => Array.from({ length: count }, (_, i) => i);

async function intervalOf(values: readonly number[], groupOf: number[], seed = 3) {
  const groups = new Set(groupOf).size;
  const [found] = await resample([meanOf(values)], { groupOf, groups, seed });
  return interval95(found ?? new Float64Array()) ?? [Number.NaN, Number.NaN];
}

test("quantiles lie between values as NumPy's do", () => {
  // numpy.quantile([1, 2, 4, 8], [0.025, 0.5, 0.9])
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0.025, 0.5, 0.9].map((q) => quantile(sorted, q))).toEqual([1.075, 3, expect.closeTo(6.8, 12)]);
});

test("the interval of a mean is about the normal one: sd / sqrt(n), 1.96 times to either side", async () => {
  const values = everyThird(600);
  const [low, high] = await intervalOf(values, alone(600));
  const error = Math.sqrt(((2 / 3) * (1 / 3)) / 600);
  expect(low).toBeCloseTo(2 / 3 - 1.96 * error, 2);
  expect(high).toBeCloseTo(2 / 3 + 1.96 * error, 2);
});

test("whole groups are drawn: what stands and falls together says as much as one", async () => {
  const values = Array.from({ length: 400 }, (_, i) => (Math.floor(i / 20) % 2 === 0 ? 0 : 1));
  const [low, high] = await intervalOf(values, alone(400));
  const inGroups = await intervalOf(
    values,
    values.map((_, i) => Math.floor(i / 20)),
  );
  expect(inGroups[1] - inGroups[0]).toBeGreaterThan(3 * (high - low));
});

test("the same seed gives the same interval, another seed another", async () => {
  const values = everyThird(60);
  expect(await intervalOf(values, alone(60), 7)).toEqual(await intervalOf(values, alone(60), 7));
  expect(await intervalOf(values, alone(60), 7)).not.toEqual(await intervalOf(values, alone(60), 8));
});

test("rounds in which there was nothing to measure count for nothing", () => {
  expect(interval95(Float64Array.of(Number.NaN, 0.5, Number.NaN))).toEqual([0.5, 0.5]);
  expect(interval95(Float64Array.of(Number.NaN))).toBeNull();
});

test("many cases take fewer rounds, never too few", () => {
  expect([roundsFor(100), roundsFor(10_000), roundsFor(1_000_000)]).toEqual([1000, 400, 200]);
});

test("a cancelled evaluation does not go on drawing", async () => {
  const slow = (weights: Float64Array) => {
    const until = performance.now() + 5;
    while (performance.now() < until);
    return weights[0] ?? 0;
  };
  const signal = AbortSignal.timeout(1);
  await expect(resample([slow], { groupOf: [0, 1], groups: 2, seed: 1, signal })).rejects.toThrow();
});

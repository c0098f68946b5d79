import { expect, test } from "vitest";
import { seededRandom } from "../evaluate/metrics.ts";
import { fit, predict, type Sample } from "./logistic.ts";

test("recovers the probabilities that made the samples", () => {
  const random = seededRandom(7);
  const truth = (x: number, y: number) => 1 / (1 + Math.exp(-(0.5 + 2 * x - 1.5 * y)));
  const samples: Sample[] = Array.from({ length: 8000 }, () => {
    const x = random() * 4 - 2;
    const y = random() * 4 - 2;
    return { features: [x, y], label: random() < truth(x, y) ? 1 : 0 };
  });
  const model = fit(samples);
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [-1, 1],
    [0.5, -1],
  ] as const) {
    expect(predict(model, [x, y])).toBeCloseTo(truth(x, y), 1);
  }
});

test("stays finite on samples that a line separates", () => {
  const model = fit([0, 1, 2, 8, 9, 10].map((x) => ({ features: [x], label: x > 5 ? 1 : 0 })));
  expect(predict(model, [10])).toBeGreaterThan(0.8);
  expect(predict(model, [10])).toBeLessThan(1);
  expect(predict(model, [0])).toBeLessThan(0.2);
});

test("a weight counts as so many copies", () => {
  const copies = fit([
    { features: [1], label: 1 },
    { features: [1], label: 1 },
    { features: [0], label: 0 },
    { features: [1], label: 0 },
  ]);
  const weighted = fit([
    { features: [1], label: 1, weight: 2 },
    { features: [0], label: 0 },
    { features: [1], label: 0 },
  ]);
  // Standardisation sees the rows, not the weights, so the two agree closely rather than exactly.
  expect(Math.abs(predict(copies, [1]) - predict(weighted, [1]))).toBeLessThan(0.05);
});

import { expect, it } from "vitest";
import { linesBetween } from "./matched-points.ts";

const query = { x: 0, y: 10, width: 100, height: 50 };
const catalogue = { x: 200, y: 0, width: 40, height: 80 };

it("joins the same point in both pictures", () => {
  const [line] = linesBetween([{ query: [0.5, 0.5], catalogue: [0.25, 1] }], query, catalogue);
  expect(line).toEqual({ key: "0", x1: 50, y1: 35, x2: 210, y2: 80 });
});

it("thins many points out evenly, and never says one twice", () => {
  const points = Array.from({ length: 500 }, (_, i): { query: [number, number]; catalogue: [number, number] } => ({
    query: [i / 500, 0],
    catalogue: [0, 0],
  }));
  const lines = linesBetween(points, query, catalogue);
  expect(lines.length).toBe(28);
  expect(new Set(lines.map((line) => line.key)).size).toBe(28);
  expect(Math.max(...lines.map((line) => line.x1))).toBeGreaterThan(95);
});

it("draws nothing where nothing agrees", () => {
  expect(linesBetween([], query, catalogue)).toEqual([]);
});

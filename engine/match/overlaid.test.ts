import { expect, test } from "vitest";
import type { Agreement } from "../verify/agreement.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import { overlaidColumns } from "./overlaid.ts";

const agreement = (first: number, count: number, shape: number, colour: number): Agreement => ({
  cells: Uint16Array.from({ length: count }, (_, i) => first + i),
  shape: new Float32Array(count).fill(shape),
  colour: new Float32Array(count).fill(colour),
  box: { x: 0, y: 0, width: 1, height: 1 },
});
const candidate = (sku: string, laid: Agreement | null, pictureHash = sku): Evidence => ({
  ...blankEvidence(sku),
  agreement: laid,
  pictureHash,
});

test("of two that explain the same places, the worse is beaten by the difference there", () => {
  const columns = overlaidColumns([
    candidate("right", agreement(0, 40, 0.75, 0.1)),
    candidate("sister", agreement(0, 40, 0.5, 0.5)),
    candidate("unseen", null),
  ]);
  expect(columns.shape).toEqual([0.75, 0.5, 0]);
  expect(columns.shapeBeaten).toEqual([0, -0.25, 0]);
  expect(columns.colourBeaten[1]).toBeCloseTo(-0.4);
});

test("those that lie elsewhere, and those that share the picture, don't beat each other", () => {
  const better = agreement(0, 40, 0.9, 0);
  expect(overlaidColumns([candidate("a", better), candidate("b", agreement(100, 40, 0.3, 0.6))]).shapeBeaten).toEqual([
    0, 0,
  ]);
  expect(
    overlaidColumns([candidate("a", better, "one"), candidate("b", agreement(0, 40, 0.3, 0.6), "one")]).shapeBeaten,
  ).toEqual([0, 0]);
});

test("what lies there by a few points of chance beats nothing that lies there by many", () => {
  const mine = { ...candidate("mine", agreement(0, 40, 0.5, 0.6)), inliers: 134 };
  const beatenBy = (inliers: number) =>
    overlaidColumns([mine, { ...candidate("other", agreement(0, 20, 0.6, 0.1)), inliers }]).colourBeaten[0];
  expect(beatenBy(6)).toBe(0);
  expect(beatenBy(60)).toBeCloseTo(-0.5);
});

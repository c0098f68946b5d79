import { expect, test } from "vitest";
import { blankEvidence, type Evidence, featuresOf } from "./evidence.ts";

const evidence = (over: Partial<Evidence>): Evidence => ({ ...blankEvidence("x"), ...over });

test("a gap is the lead over the best other candidate, negative for those behind", () => {
  const features = featuresOf("visual", [evidence({ image: 0.9 }), evidence({ image: 0.7 }), evidence({ image: 0.4 })]);
  expect(features.map((row) => row.map((value) => Number(value.toFixed(6))))).toEqual([
    [0.9, 0.2],
    [0.7, -0.2],
    [0.4, -0.5],
  ]);
});

test("a candidate that a modality missed gets the weakest value seen there, and a lone one no lead", () => {
  const [first, second] = featuresOf("visual", [evidence({ image: 0.8 }), evidence({ image: null, text: 0.5 })]);
  expect(second?.[0]).toBe(0.8);
  expect(first?.[1]).toBe(0);
  expect(featuresOf("visual", [evidence({ image: 0.8 })])).toEqual([[0.8, 0]]);
});

test("inliers count by their logarithm", () => {
  const [row] = featuresOf("verified", [evidence({ image: 0.8, inliers: 20 }), evidence({ image: 0.7, inliers: 0 })]);
  expect(row?.[2]).toBeCloseTo(Math.log(21));
  expect(row?.[3]).toBeCloseTo(Math.log(21));
});

test("products that share the very picture do not take each other's lead", () => {
  const features = featuresOf("visual", [
    evidence({ sku: "red", image: 0.9, pictureHash: "same" }),
    evidence({ sku: "blue", image: 0.9, pictureHash: "same" }),
    evidence({ sku: "other", image: 0.6, pictureHash: "another" }),
  ]);
  expect(features.map((row) => Number(row[1]?.toFixed(6)))).toEqual([0.3, 0.3, -0.3]);
});

test("a photo's likeness to a photo among whose surroundings the product stands counts less than to its own picture", () => {
  const [photo, picture] = featuresOf("visual", [
    evidence({ image: 0.8, surrounded: true }),
    evidence({ image: 0.75 }),
  ]);
  expect(photo?.[0]).toBeCloseTo(0.7);
  expect(photo?.[1]).toBeCloseTo(-0.05);
  expect(picture?.[1]).toBeCloseTo(0.05);
});

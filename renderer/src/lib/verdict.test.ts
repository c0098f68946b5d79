import { expect, it } from "vitest";
import type { Candidate } from "../../../shared/contract/match.ts";
import { verdictWording } from "./verdict.ts";

const boots: Candidate = {
  sku: "b",
  name: "Red boots",
  category: "",
  brand: "",
  price: null,
  currency: null,
  picture: null,
  confidence: 0.98,
  similarity: { image: 0.9, text: null },
  barcode: null,
  sharedWords: [],
  inliers: null,
  points: [],
};

it("speaks as a shop does", () => {
  expect(verdictWording({ verdict: "match", matches: [boots] }).headline).toBe("This is Red boots");
  expect(verdictWording({ verdict: "similar", matches: [boots] }).headline).toBe("Looks like Red boots");
  expect(verdictWording({ verdict: "none", matches: [boots] }).headline).toBe("Not in the catalogue");
});

it("says what it rests on", () => {
  expect(verdictWording({ verdict: "match", matches: [boots] }).detail).toContain("98");
  const coded = { ...boots, barcode: "4006381333931" };
  expect(verdictWording({ verdict: "match", matches: [coded] }).detail).toContain("4006381333931");
});

it("says what to do with an empty catalogue", () => {
  expect(verdictWording({ verdict: "none", matches: [] }).headline).toBe("The catalogue is empty");
});

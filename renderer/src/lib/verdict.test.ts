import { expect, it } from "vitest";
import type { Candidate, Verdict } from "../../../shared/contract/match.ts";
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
  similarity: { image: 0.9, text: null, textToImage: null, described: null },
  barcode: null,
  sharedWords: [],
  inliers: null,
  points: [],
};

const picture = { hash: "0".repeat(64), width: 1, height: 1, format: "jpeg" };
const said = (verdict: Verdict, best: Candidate = boots) => verdictWording({ verdict, matches: [best], picture });

it("speaks as a shop does", () => {
  expect(said("match")).toMatchObject({ headline: "This is Red boots", detail: expect.stringContaining("98") });
  expect(said("similar").headline).toBe("Looks like Red boots");
  expect(said("none").headline).toBe("Not in the catalogue");
});

it("says what a barcode found", () => {
  const coded = said("match", { ...boots, barcode: "4006381333931" });
  expect(coded).toEqual({ headline: "This is Red boots", detail: "Found by its barcode 4006381333931" });
});

it("claims less of words alone", () => {
  const words = (verdict: Verdict) => verdictWording({ verdict, matches: [boots], picture: null }).headline;
  expect(words("match")).toBe("Best fit: Red boots");
  expect(words("similar")).toBe("Nearest to your words: Red boots");
  expect(words("none")).toBe("Nothing in the catalogue fits");
});

it("names variants that it can't tell apart, and says where it can", () => {
  const products = ["Red boots", "Brown boots"].map((name, at) => ({ sku: at === 0 ? "b" : "c", name }));
  const half = { ...boots, confidence: 0.5 };
  const undecided = { told: false, confidence: 0.98, products };
  const answer = verdictWording({ verdict: "similar", matches: [half], picture, variants: undecided });
  expect(answer.headline).toBe("One of 2 variants: Red boots");
  expect(answer.detail).toContain("98");
  expect(answer.detail).toContain("Brown boots");
  const told = verdictWording({ verdict: "match", matches: [boots], picture, variants: { ...undecided, told: true } });
  expect(told).toMatchObject({
    headline: "This is Red boots",
    detail: expect.stringContaining("told from its variant"),
  });
});

it("says what to do with an empty catalogue", () => {
  expect(verdictWording({ verdict: "none", matches: [], picture }).headline).toBe("The catalogue is empty");
});

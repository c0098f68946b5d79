import { expect, it } from "vitest";
import type { EncoderChoice } from "../../../shared/contract/system.ts";
import { factsOf, meaningOf } from "./encoder-words.ts";

const choice: EncoderChoice = {
  ...{ name: "efficientnet-lite0-160", place: "models", fault: null, dimensions: 1280, precision: "fp16w", side: 160 },
  ...{ bytes: 9_000_000, findsByWords: false, searched: false },
};
const trial = { name: "a", fingerprint: "a", searched: false, tried: 16, seconds: 1, products: 2000 };

it("says what tells an encoder from the others, or why it can't be chosen", () => {
  expect(factsOf(choice)).toMatch(/^160 px · 1\D?280 dimensions · FP16 weights · in the folder of models$/);
  expect(factsOf({ ...choice, precision: "int8-max", findsByWords: true })).toContain("INT8 · words find pictures");
  expect(factsOf({ ...choice, fault: "no record" })).toBe("Can't be used: no record");
});

it("says what choosing it means", () => {
  expect(meaningOf({ ...trial, estimatedSeconds: 125 })).toMatch(/all 2\D?000 products .*about 2 min.*as 16 of them/);
  expect(meaningOf({ ...trial, searched: true, estimatedSeconds: 125 })).toContain("nothing is embedded anew");
  expect(meaningOf({ ...trial, products: 0, tried: 0, estimatedSeconds: 0 })).toContain("catalogue is empty");
});

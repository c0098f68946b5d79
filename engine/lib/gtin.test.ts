import { expect, test } from "vitest";
import { hasValidCheckDigit, normaliseGtin } from "./gtin.ts";

test.each(["4006381333931", "96385074", "036000291452", "0036000291452", "10614141000415"])("%s is right", (code) => {
  expect(hasValidCheckDigit(code)).toBe(true);
});

test.each(["4006381333932", "96385075", "", "40063813339", "400638133393x"])("%j is wrong", (code) => {
  expect(hasValidCheckDigit(code)).toBe(false);
});

test("a UPC-A is the EAN-13 with a leading zero", () => {
  expect(normaliseGtin("036000291452")).toBe("0036000291452");
  expect(normaliseGtin("4006381333931")).toBe("4006381333931");
});

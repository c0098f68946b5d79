import { expect, test } from "vitest";
import { barcodeKey, hasWrongCheckDigit } from "./barcode.ts";

test("UPC-A, EAN-13 and GTIN-14 of one article have one key", () => {
  expect(barcodeKey("036000291452")).toBe("0036000291452");
  expect(barcodeKey("0036000291452")).toBe("0036000291452");
  expect(barcodeKey("00036000291452")).toBe("0036000291452");
  expect(barcodeKey(" 0 036000-291452 ")).toBe("0036000291452");
  expect(barcodeKey("10036000291459")).toBe("10036000291459");
  expect(barcodeKey("ABC-12 3")).toBe("ABC-12 3");
});

test("check digits are checked where the length is an article number's", () => {
  expect(hasWrongCheckDigit("4006381333931")).toBe(false);
  expect(hasWrongCheckDigit("4006381333932")).toBe(true);
  expect(hasWrongCheckDigit("036000291452")).toBe(false);
  expect(hasWrongCheckDigit("73513537")).toBe(false);
  expect(hasWrongCheckDigit("73513536")).toBe(true);
  expect(hasWrongCheckDigit("12345")).toBe(false);
  expect(hasWrongCheckDigit("ABC-1")).toBe(false);
});

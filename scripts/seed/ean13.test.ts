import { expect, test } from "vitest";
import { ean13 } from "./ean13.ts";

test.each(["4006381333931", "9780201379624", "5901234123457"])("the check digit of %s", (code) => {
  expect(ean13(code.slice(0, 12))).toBe(code);
});

test("refuses anything but twelve digits", () => {
  expect(() => ean13("12345")).toThrow("twelve");
});

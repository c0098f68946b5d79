import { expect, it } from "vitest";
import { type DraftFields, draftOf, fieldsOf } from "./draft.ts";

const good: DraftFields = { ...fieldsOf(null), sku: "a-1", name: "Red boots" };

function errorsOf(fields: DraftFields) {
  const result = draftOf(fields);
  return "errors" in result ? result.errors : {};
}

it("takes SKU and name alone", () => {
  expect(draftOf(good)).toEqual({
    draft: {
      sku: "a-1",
      name: "Red boots",
      category: "",
      price: null,
      currency: null,
      brand: "",
      barcode: null,
      description: "",
      attributes: {},
    },
  });
});

it("takes a decimal comma, a small currency and attributes", () => {
  const result = draftOf({ ...good, price: "12,50", currency: "eur", attributes: "size: 42\n\nlink: https://a" });
  expect(result).toMatchObject({
    draft: { price: "12.50", currency: "EUR", attributes: { size: "42", link: "https://a" } },
  });
});

it("says what is wrong beside the field", () => {
  expect(errorsOf({ ...good, sku: " ", name: "" })).toEqual({ sku: "This is needed.", name: "This is needed." });
  expect(errorsOf({ ...good, price: "-3", currency: "EUR" }).price).toContain("not negative");
  expect(errorsOf({ ...good, price: "1.234,50", currency: "EUR" }).price).toBeDefined();
  expect(errorsOf({ ...good, price: "3" }).currency).toContain("needs its currency");
  expect(errorsOf({ ...good, attributes: "size 42" }).attributes).toContain("size 42");
});

import { expect, test } from "vitest";
import { type DecimalMark, DecimalMarkVote, readMoney } from "./price.ts";

const read = (price: string, mark: DecimalMark = "point", currency = "") => readMoney(price, currency, mark);

test.each<[string, DecimalMark, string | null, string | null]>([
  ["12.50", "point", "12.50", null],
  ["12", "comma", "12", null],
  ["", "point", null, null],
  ["$12.5", "point", "12.5", "USD"],
  ["EUR 12", "point", "12", "EUR"],
  ["12 eur", "point", "12", "EUR"],
  ["1.234,50 €", "comma", "1234.50", "EUR"],
  ["1,234.50", "point", "1234.50", null],
  ["1.234", "comma", "1234", null],
  ["1.234", "point", "1.234", null],
  ["1,234", "point", "1234", null],
  ["12,50", "point", "12.50", null],
  ["12.50", "comma", "12.50", null],
  ["1.234.567", "point", "1234567", null],
  ["1.234.567,8", "comma", "1234567.8", null],
  ["1 234,50", "comma", "1234.50", null],
  ["1'234.50 CHF", "point", "1234.50", "CHF"],
  ["12,-", "comma", "12", null],
  ["CHF 12.-", "point", "12", "CHF"],
  ["US$ 3", "point", "3", "USD"],
  ["zł12,30", "comma", "12.30", "PLN"],
  ["007.50", "point", "7.50", null],
  ["+5", "point", "5", null],
  ["0", "point", "0", null],
  [".5", "point", "0.5", null],
  ["999999999999.9999", "point", "999999999999.9999", null],
  ["1.500000", "point", "1.5", null],
])("%j with a decimal %s is %j %j", (text, mark, price, currency) => {
  expect(read(text, mark)).toEqual({ price, currency });
});

test.each([
  "-5",
  "−5",
  "$-5",
  "-$5",
  "(5.00)",
  "abc",
  "12 apples",
  "1.2.3",
  "1,23,4",
  "1e3",
  "1.23456",
  "1234567890123",
  "12-13",
])("%j is no price", (text) => {
  expect(read(text)).toMatchObject({ code: "ROW_BAD_PRICE", message: expect.stringContaining(text) });
});

test("the currency column goes before a sign that several currencies share, and must not contradict a clear one", () => {
  expect(read("$12", "point", "CAD")).toEqual({ price: "12", currency: "CAD" });
  expect(read("12", "point", "€")).toEqual({ price: "12", currency: "EUR" });
  expect(read("12", "point", "eur")).toEqual({ price: "12", currency: "EUR" });
  expect(read("12 €", "point", "USD")).toMatchObject({ code: "ROW_BAD_CURRENCY" });
  expect(read("12", "point", "EURO")).toMatchObject({ code: "ROW_BAD_CURRENCY" });
  expect(read("", "point", "EUR")).toEqual({ price: null, currency: "EUR" });
});

test("the decimal mark is what most prices of the file show", () => {
  const mark = (...prices: string[]) => {
    const vote = new DecimalMarkVote();
    for (const price of prices) vote.observe(price);
    return vote.mark;
  };
  expect(mark("12", "1.234", "9,99")).toBe("comma");
  expect(mark("1,234", "9.99")).toBe("point");
  expect(mark("1.234,5")).toBe("comma");
  expect(mark("1.234.567")).toBe("comma");
  expect(mark("1,234", "1.234")).toBe("point");
});

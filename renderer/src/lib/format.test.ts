import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatMs, formatPercent, formatPrice } from "./format.ts";

describe("a price", () => {
  it("is exact where a float would not be", () => {
    expect(formatPrice("999999999999.9999", "USD", "en-US")).toBe("$999,999,999,999.9999");
    expect(formatPrice("0.10", "EUR", "en-US")).toBe("€0.10");
  });

  it("has the digits of its currency, and never loses its own", () => {
    expect(formatPrice("12.5", "USD", "en-US")).toBe("$12.50");
    expect(formatPrice("1200", "JPY", "en-US")).toBe("¥1,200");
    expect(formatPrice("1200.5", "JPY", "en-US")).toBe("¥1,200.5");
    expect(formatPrice("1.234", "EUR", "en-US")).toBe("€1.234");
  });

  it("reads as the person's locale writes it", () => {
    expect(formatPrice("1234.50", "EUR", "de-DE").replace(/\s/g, " ")).toBe("1.234,50 €");
  });

  it("says when it is not known", () => {
    expect(formatPrice(null, "EUR")).toBe("–");
    expect(formatPrice("3.20", null, "en-US")).toBe("3.20");
  });
});

it("never calls certain what is not", () => {
  expect(formatPercent(0.9996, "en-US")).toBe("99%");
  expect(formatPercent(0.0004, "en-US")).toBe("<1%");
  expect(formatPercent(0, "en-US")).toBe("0%");
  expect(formatPercent(1, "en-US")).toBe("100%");
});

it("writes times and sizes short", () => {
  expect([3.06, 42.4, 1234, 61_000].map(formatMs)).toEqual(["3.1 ms", "42 ms", "1.23 s", "61.0 s"]);
  expect([0.2, 59.6, 90, 3_700].map(formatDuration)).toEqual(["0 s", "60 s", "2 min", "1 h 2 min"]);
  expect([0, 512, 1536, 200 * 1024 ** 2].map(formatBytes)).toEqual(["0 B", "512 B", "1.5 KiB", "200 MiB"]);
});

import { expect, it } from "vitest";
import { filtersOf, followedBy, sinceOf } from "./filters.ts";

it("reads the address, and leaves out what makes no sense there", () => {
  const filters = filtersOf(new URLSearchParams("level=warn&component=match&run=r1&text=slow&span=1h"));
  expect(filters).toEqual({ level: "warn", component: "match", runId: "r1", text: "slow", span: "1h" });
  expect(filtersOf(new URLSearchParams("level=loud&span=toString"))).toMatchObject({ level: null, span: null });
});

it("follows with what can be followed", () => {
  expect(followedBy(filtersOf(new URLSearchParams("level=error&span=1h")))).toEqual({ level: "error" });
});

it("counts the time back from the minute", () => {
  const now = Date.parse("2026-01-02T10:00:42.123Z");
  expect(sinceOf("1h", now)).toEqual({ since: "2026-01-02T09:00:00.000Z" });
  expect(sinceOf(null, now)).toEqual({});
});

import { expect, it } from "vitest";
import { askedBy, filtersOf, followedBy, isFiltered, timesOf } from "./filters.ts";

it("reads the address, and leaves out what makes no sense there", () => {
  const filters = filtersOf(
    new URLSearchParams("level=error&level=warn&component=match&component=http&run=r1&text=slow&span=1h&problem=p"),
  );
  expect(filters).toEqual({
    ...{ levels: ["warn", "error"], components: ["match", "http"], runId: "r1", text: "slow", span: "1h" },
    ...{ problem: "p", from: null, to: null },
  });
  const odd = filtersOf(new URLSearchParams("level=loud&span=toString&from=yesterday&to=2026-01-02"));
  expect(odd).toMatchObject({ levels: [], span: null, from: null, to: "2026-01-02T00:00:00.000Z" });
});

it("follows with what can be followed", () => {
  expect(followedBy(filtersOf(new URLSearchParams("level=error&span=1h")))).toEqual({ levels: ["error"] });
});

it("counts the time back from the minute, or takes the range that was chosen", () => {
  const now = Date.parse("2026-01-02T10:00:42.123Z");
  const times = (address: string) => timesOf(filtersOf(new URLSearchParams(address)), now);
  expect(times("span=1h")).toEqual({ since: "2026-01-02T09:00:00.000Z" });
  expect(times("from=2026-01-01T00:00:00Z")).toEqual({ since: "2026-01-01T00:00:00.000Z" });
  expect(times("")).toEqual({});
});

it("knows whether there is anything to clear", () => {
  expect(isFiltered(filtersOf(new URLSearchParams("tab=runs&follow=1")))).toBe(false);
  expect(isFiltered(filtersOf(new URLSearchParams("component=http")))).toBe(true);
  expect(askedBy(filtersOf(new URLSearchParams("component=http")), 0)).toEqual({ components: ["http"] });
});

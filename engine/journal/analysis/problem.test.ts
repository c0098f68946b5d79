import { expect, it } from "vitest";
import { normalised, problemOf } from "./problem.ts";

it("leaves out of a message what changes from line to line", () => {
  expect(normalised("my photo 2.jpg: IMAGE_UNREADABLE")).toBe("<file>: IMAGE_UNREADABLE");
  expect(normalised('"red boots": no answer')).toBe("<text>: no answer");
  expect(normalised("Qdrant at http://10.0.0.1:6333/x did not answer within 1,200.5 ms.")).toBe(
    "Qdrant at <url> did not answer within <n> ms.",
  );
  expect(normalised("ENOENT: open /srv/shelf/a.csv at 2026-11-23T10:00:00.000Z")).toBe("ENOENT: open <path> at <time>");
  expect(normalised("Run 3f2504e0-4f89-11d3-9a0c-0305e82c3301 and run_0123456789abcdef")).toBe("Run <id> and <id>");
});

it("tells problems apart by level, component, code and message, and knows none below a warning", () => {
  const line = {
    level: "error",
    component: "index",
    message: "It failed 3 times.",
    data: { code: "TIMEOUT" },
  } as const;
  const same = problemOf({ ...line, message: "It failed 12 times." })?.fingerprint;
  expect(problemOf(line)).toEqual({ fingerprint: same, code: "TIMEOUT", title: "It failed <n> times." });
  const others = [
    { ...line, level: "warn" as const },
    { ...line, component: "match" },
    { ...line, data: { err: { code: "OTHER" } } },
    { ...line, message: "It failed." },
  ];
  expect(new Set([same, ...others.map((one) => problemOf(one)?.fingerprint)]).size).toBe(5);
  expect(problemOf({ ...line, level: "info" })).toBeNull();
});

import { expect, it } from "vitest";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { MOST_LIVE, merged, withNewest } from "./tail.ts";

const line = (id: number): JournalEntry => ({
  id,
  time: "2026-01-01T00:00:00.000Z",
  level: "info",
  component: "match",
  runId: null,
  message: String(id),
  data: null,
});

it("puts the newest first, each line once", () => {
  const lines = [1, 2, 2, 3].reduce((all, id) => withNewest(all, line(id)), [] as JournalEntry[]);
  expect(lines.map((one) => one.id)).toEqual([3, 2, 1]);
  expect(merged(lines, [line(2), line(1), line(0)]).map((one) => one.id)).toEqual([3, 2, 1, 0]);
});

it("holds no more than it says", () => {
  let lines: JournalEntry[] = [];
  for (let id = 0; id < MOST_LIVE + 50; id++) lines = withNewest(lines, line(id));
  expect(lines.length).toBe(MOST_LIVE);
  expect(lines[0]?.id).toBe(MOST_LIVE + 49);
});

import { expect, it } from "vitest";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { EMPTY_TAIL, MOST_LIVE, merged, withNew } from "./tail.ts";

const entry = (id: number): JournalEntry => ({
  ...{ id, time: "2026-01-02T10:00:00.000Z", level: "info", component: "match", runId: null, message: `${id}` },
  data: null,
});
const ids = (lines: readonly JournalEntry[]) => lines.map(({ id }) => id);

it("takes each line once, newest first, in whatever order they came", () => {
  const tail = withNew(withNew(EMPTY_TAIL, [entry(1), entry(3)]), [entry(3), entry(2)]);
  expect(ids(tail.lines)).toEqual([3, 2, 1]);
  expect(tail.gone).toBe(0);
});

it("holds a bounded number, and counts what it let go", () => {
  const came = Array.from({ length: MOST_LIVE + 5 }, (_, at) => entry(at + 1));
  const tail = withNew(withNew(EMPTY_TAIL, came), [entry(MOST_LIVE + 6)]);
  expect(tail.lines.length).toBe(MOST_LIVE);
  expect(tail.gone).toBe(6);
  expect(tail.lines.at(-1)?.id).toBe(7);
});

it("counts what the engine says that it skipped, and lists no line for it", () => {
  const notice = { ...entry(2), level: "warn" as const, component: "journal", data: { skipped: 40 } };
  const tail = withNew(withNew(EMPTY_TAIL, [entry(1), entry(2), notice]), [notice, entry(3)]);
  expect(ids(tail.lines)).toEqual([3, 2, 1]);
  expect(tail).toMatchObject({ gone: 0, skipped: 80 });
  const own = { ...entry(4), component: "journal" };
  expect(ids(withNew(EMPTY_TAIL, [own]).lines)).toEqual([4]);
});

it("shows a line once that came over the tail and over the list", () => {
  expect(ids(merged([entry(3), entry(2)], [entry(2), entry(1)]))).toEqual([3, 2, 1]);
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { line, run } from "../contract.ts";
import { Outbox, type OutboxBounds } from "./outbox.ts";

let folder: string;
let notices: string[];
const opened: Outbox[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-outbox-"));
  notices = [];
});
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const ALL: OutboxBounds = { entries: 1_000_000, bytes: 1_000_000_000 };
const file = () => join(folder, "outbox.sqlite");
function open(bounds: OutboxBounds = ALL): Outbox {
  const outbox = new Outbox(file(), bounds, (message) => notices.push(message));
  opened.push(outbox);
  return outbox;
}
const messages = (outbox: Outbox, most = ALL) =>
  outbox.take(most).map((entry) => (entry.kind === "line" ? entry.line.message : entry.kind));
const lines = (from: number, to: number, changes = {}) =>
  Array.from({ length: to - from }, (_, at) => line({ message: `line ${from + at}`, ...changes }));

it("gives entries back in order, whole, also after a restart, under one name", () => {
  const first = open();
  const photo = { hash: "a".repeat(64), mediaType: "image/png", bytes: new Uint8Array([1, 2, 3]) };
  first.addLines([line({ message: "one", data: { a: 1 } })]);
  first.addRun(run(), photo);
  const feedback = { answer: "right", sku: null, note: null, time: new Date().toISOString() } as const;
  first.addFeedback({ runId: "run-1", feedback });
  const { origin } = first;
  const taken = first.take(ALL);
  first.close();
  opened.pop();
  const second = open();
  expect(second.origin).toBe(origin);
  expect(second.take(ALL)).toEqual(taken);
  expect(taken).toMatchObject([
    { kind: "line", line: { message: "one", data: '{"a":1}' } },
    { kind: "run", run: { runId: "run-1" }, photo },
    { kind: "feedback", feedback: { runId: "run-1", feedback } },
  ]);
  expect(second.hasRun("run-1")).toBe(true);
});

it("keeps what was taken until it has arrived, and numbers nothing twice", () => {
  const outbox = open();
  outbox.addLines(lines(0, 3));
  const [first] = outbox.take({ entries: 2, bytes: 1_000_000 });
  outbox.addLines(lines(3, 4));
  outbox.arrived();
  expect(messages(outbox)).toEqual(["line 2", "line 3"]);
  outbox.arrived();
  expect(outbox.held).toEqual({ entries: 0, bytes: 0 });
  outbox.addLines(lines(4, 5));
  expect(outbox.take(ALL)[0]?.seq).toBeGreaterThan((first?.seq ?? 0) + 3);
});

it("takes no more bytes at once than asked, and one entry at least", () => {
  const outbox = open();
  outbox.addLines(lines(0, 10, { data: { text: "x".repeat(1_000) } }));
  expect(outbox.take({ entries: 100, bytes: 3_500 })).toHaveLength(3);
  expect(outbox.take({ entries: 100, bytes: 1 })).toHaveLength(1);
});

it("never holds more entries than its bound: the oldest go, and are counted once", () => {
  const outbox = open({ entries: 100, bytes: ALL.bytes });
  outbox.addRun(run(), null);
  outbox.addLines(lines(0, 150));
  expect(outbox.held.entries).toBe(100);
  expect(messages(outbox)[0]).toBe("line 50");
  outbox.close();
  opened.pop();
  const again = open({ entries: 100, bytes: ALL.bytes });
  expect(again.held.entries).toBe(100);
  expect(again.takeDropped()).toEqual({ lines: 50, runs: 1 });
  expect(again.takeDropped()).toEqual({ lines: 0, runs: 0 });
});

it("never holds more bytes than its bound, photos counted", () => {
  const outbox = open({ entries: 1_000, bytes: 1_000_000 });
  const photo = { hash: "a".repeat(64), mediaType: "image/png", bytes: new Uint8Array(100_000) };
  for (let n = 0; n < 30; n += 1) outbox.addRun(run({ runId: `run-${n}` }), photo);
  expect(outbox.held.bytes).toBeLessThanOrEqual(1_000_000);
  expect(outbox.held.entries).toBeGreaterThan(5);
  expect(outbox.hasRun("run-29")).toBe(true);
  expect(outbox.takeDropped().runs).toBe(30 - outbox.held.entries);
});

it("does not drop what is being sent", () => {
  const outbox = open({ entries: 10, bytes: ALL.bytes });
  outbox.addLines(lines(0, 10));
  outbox.take({ entries: 5, bytes: 1_000_000 });
  outbox.addLines(lines(10, 20));
  outbox.arrived();
  expect(messages(outbox)).toEqual(["line 15", "line 16", "line 17", "line 18", "line 19"]);
  expect(outbox.takeDropped().lines).toBe(10);
});

it("cuts what no database could take", () => {
  const outbox = open();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  outbox.addLines([
    line({ message: "m".repeat(1_000_000), data: cycle }),
    line({ data: { text: "x".repeat(1_000_000) } }),
  ]);
  const [long, large] = outbox.take(ALL);
  expect(long).toMatchObject({ line: { message: "m".repeat(32_768), data: expect.stringContaining("dataLost") } });
  expect(large).toMatchObject({ line: { data: expect.stringContaining("characters of data were left out") } });
});

it("sets a damaged file aside, says so, and goes on", () => {
  writeFileSync(file(), "this was an outbox once");
  const outbox = open();
  outbox.addLines(lines(0, 1));
  expect(messages(outbox)).toEqual(["line 0"]);
  const aside = readdirSync(folder).find((name) => name.includes(".corrupt-"));
  expect(notices).toEqual([expect.stringContaining(String(aside))]);
});

import { expect, it } from "vitest";
import type { JournalEntry, JournalQuery } from "../../shared/contract/journal.ts";
import { exportLines } from "./export.ts";

const lines: JournalEntry[] = Array.from({ length: 2_500 }, (_, at) => ({
  ...{ id: at + 1, time: "2026-01-02T03:04:05.000Z", level: "info", component: "match", runId: null },
  ...{ message: at === 2_499 ? '=1+1, "quoted"' : `line ${at}`, data: at === 0 ? { a: [1] } : null },
}));

const journal = {
  list: async ({ before = Number.POSITIVE_INFINITY, limit }: JournalQuery) => ({
    entries: lines
      .filter(({ id }) => id < before)
      .reverse()
      .slice(0, limit),
    components: [],
  }),
};

async function whole(format: "jsonl" | "csv") {
  const pieces = [];
  for await (const piece of exportLines(journal, {}, format, new AbortController().signal)) pieces.push(piece);
  return { text: pieces.map(({ text }) => text).join(""), written: pieces.map(({ lines: count }) => count) };
}

it("writes every line, page by page, as JSON lines that read back the same", async () => {
  const { text, written } = await whole("jsonl");
  expect(written).toEqual([1_000, 2_000, 2_500]);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(lines.toReversed());
});

it("writes CSV with a head, quoted, and nothing that a spreadsheet would run", async () => {
  const { text } = await whole("csv");
  const rows = text.split("\r\n");
  expect(rows[0]).toBe("\uFEFFid,time,level,component,run,message,data");
  expect(rows[1]).toBe(`2500,2026-01-02T03:04:05.000Z,info,match,,"'=1+1, ""quoted""",`);
  expect(rows.at(-2)).toBe('1,2026-01-02T03:04:05.000Z,info,match,,line 0,"{""a"":[1]}"');
});

it("stops where nobody reads on", async () => {
  const stop = new AbortController();
  const pieces = exportLines(journal, {}, "jsonl", stop.signal);
  await pieces.next();
  stop.abort();
  await expect(pieces.next()).rejects.toThrow();
});

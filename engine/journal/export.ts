import type { JournalEntry, JournalFilter } from "../../shared/contract/journal.ts";
import type { Journal } from "./port.ts";

/** Lines read and written at once. */
const PAGE = 1_000;

const COLUMNS = ["id", "time", "level", "component", "run", "message", "data"] as const;

/** As RFC 4180 has it. What a spreadsheet would take for a formula is led by an apostrophe. */
function csvField(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine({ id, time, level, component, runId, message, data }: JournalEntry): string {
  const fields = [String(id), time, level, component, runId ?? "", message, data === null ? "" : JSON.stringify(data)];
  return `${fields.map(csvField).join(",")}\r\n`;
}

/**
 * The lines that fit, newest first, as pieces of a file: one JSON text a line, or CSV with a head. Page by page, so that
 * a million lines never stand in memory; lines written meanwhile are not in it.
 */
export async function* exportLines(
  journal: Pick<Journal, "list">,
  filter: JournalFilter,
  format: "jsonl" | "csv",
  signal: AbortSignal,
): AsyncGenerator<{ text: string; lines: number }> {
  let lines = 0;
  if (format === "csv") yield { text: `\uFEFF${COLUMNS.join(",")}\r\n`, lines };
  let before: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const { entries } = await journal.list({ ...filter, limit: PAGE, ...(before === undefined ? {} : { before }) });
    if (entries.length === 0) return;
    lines += entries.length;
    const write = format === "csv" ? csvLine : (entry: JournalEntry) => `${JSON.stringify(entry)}\n`;
    yield { text: entries.map(write).join(""), lines };
    if (entries.length < PAGE) return;
    before = entries.at(-1)?.id;
  }
}

import { create } from "zustand";
import type { JournalFilter } from "../../../shared/contract/journal.ts";
import { client } from "../lib/client.ts";
import { type Problem, toProblem } from "../lib/problem.ts";

export type ExportFormat = "jsonl" | "csv";

interface ExportState {
  /** Lines written so far; null where nothing is exported. */
  lines: number | null;
  problem: Problem | null;
}

/** The one export that runs: it goes on while other pages are looked at. */
export const useExport = create<ExportState>()(() => ({ lines: null, problem: null }));

let stop: AbortController | null = null;

/** Writes the lines that fit into a file of the browser's downloads, piece by piece. */
export async function exportLines(filter: JournalFilter, format: ExportFormat): Promise<void> {
  if (stop !== null) return;
  stop = new AbortController();
  const { signal } = stop;
  useExport.setState({ lines: 0, problem: null });
  // A Blob's parts may lie on the disk: a million lines never stand in memory as one text.
  const parts: Blob[] = [];
  try {
    const pieces = await client.journal.export({ ...filter, format }, { signal });
    for await (const { text, lines } of pieces) {
      parts.push(new Blob([text]));
      useExport.setState({ lines });
    }
    if (!signal.aborted) save(new Blob(parts, { type: TYPES[format] }), format);
  } catch (error) {
    if (!signal.aborted) useExport.setState({ problem: toProblem(error) });
  } finally {
    stop = null;
    useExport.setState({ lines: null });
  }
}

export const cancelExport = (): void => stop?.abort();

export const forgetExportProblem = (): void => useExport.setState({ problem: null });

const TYPES: Record<ExportFormat, string> = { jsonl: "application/x-ndjson", csv: "text/csv" };

function save(file: Blob, format: ExportFormat): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = `shelfmatch-journal-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

import type { JournalEntry } from "../../../shared/contract/journal.ts";

/** More than that many live lines nobody scrolls through; older ones are in the list below, page by page. */
export const MOST_LIVE = 500;

/** New lines, newest first, each once: a line may come over the live tail and over the list. */
export function withNewest(lines: readonly JournalEntry[], entry: JournalEntry): JournalEntry[] {
  if (lines.some((line) => line.id === entry.id)) return [...lines];
  return [entry, ...lines].slice(0, MOST_LIVE);
}

export function merged(live: readonly JournalEntry[], listed: readonly JournalEntry[]): JournalEntry[] {
  const seen = new Set(listed.map((line) => line.id));
  return [...live.filter((line) => !seen.has(line.id)), ...listed].sort((a, b) => b.id - a.id);
}

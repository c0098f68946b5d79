import type { JournalEntry } from "../../../shared/contract/journal.ts";

/** More than that many live lines are not held; older ones are in the journal, page by page. */
export const MOST_LIVE = 2_000;

export interface Tail {
  /** Newest first, each once. */
  lines: JournalEntry[];
  /** Lines that came and are held no more: they lie between the oldest live line and the list. */
  gone: number;
}

export const EMPTY_TAIL: Tail = { lines: [], gone: 0 };

/** Takes in lines that came, the oldest first. */
export function withNew({ lines, gone }: Tail, came: readonly JournalEntry[]): Tail {
  if (came.length === 0) return { lines, gone };
  const known = new Set(lines.map(({ id }) => id));
  const fresh = came.filter(({ id }) => !known.has(id)).reverse();
  // Lines of several engines may come out of order.
  const all = [...fresh, ...lines].sort((a, b) => b.id - a.id);
  return { lines: all.slice(0, MOST_LIVE), gone: gone + Math.max(0, all.length - MOST_LIVE) };
}

/** Live and listed lines as one list; a line may have come over both. */
export function merged(live: readonly JournalEntry[], listed: readonly JournalEntry[]): JournalEntry[] {
  if (live.length === 0) return [...listed];
  const seen = new Set(listed.map((line) => line.id));
  return [...live.filter((line) => !seen.has(line.id)), ...listed].sort((a, b) => b.id - a.id);
}

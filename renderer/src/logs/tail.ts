import type { JournalEntry } from "../../../shared/contract/journal.ts";

/** More than that many live lines are not held; older ones are in the journal, page by page. */
export const MOST_LIVE = 2_000;

export interface Tail {
  /** Newest first, each once. */
  lines: JournalEntry[];
  /** Lines that came and are held no more: they lie between the oldest live line and the list. */
  gone: number;
  /** Lines that the engine left out because they came faster than they were read; they lie anywhere between the others. */
  skipped: number;
}

export const EMPTY_TAIL: Tail = { lines: [], gone: 0, skipped: 0 };

/** How many lines the engine says that it left out; null of a line that is one. */
function skippedBy({ component, data }: JournalEntry): number | null {
  return component === "journal" && typeof data?.skipped === "number" ? data.skipped : null;
}

/** Takes in lines that came, the oldest first. */
export function withNew(tail: Tail, came: readonly JournalEntry[]): Tail {
  if (came.length === 0) return tail;
  const { lines, gone } = tail;
  const known = new Set(lines.map(({ id }) => id));
  const notices = came.map(skippedBy);
  const skipped = notices.reduce<number>((sum, one) => sum + (one ?? 0), tail.skipped);
  const fresh = came.filter(({ id }, at) => notices[at] === null && !known.has(id)).reverse();
  // Lines of several engines may come out of order.
  const all = [...fresh, ...lines].sort((a, b) => b.id - a.id);
  return { lines: all.slice(0, MOST_LIVE), gone: gone + Math.max(0, all.length - MOST_LIVE), skipped };
}

/** Live and listed lines as one list; a line may have come over both. */
export function merged(live: readonly JournalEntry[], listed: readonly JournalEntry[]): JournalEntry[] {
  if (live.length === 0) return [...listed];
  const seen = new Set(listed.map((line) => line.id));
  return [...live.filter((line) => !seen.has(line.id)), ...listed].sort((a, b) => b.id - a.id);
}

import type { FollowFilter, JournalEntry } from "../../shared/contract/journal.ts";
import { componentsOf, levelsOf } from "./analysis/overview.ts";
import { problemOf } from "./analysis/problem.ts";
import { levelRank } from "./line.ts";

/** Lines that wait for one slow reader; further ones are skipped and counted. */
const MAX_WAITING = 1000;

interface Follower {
  filter: FollowFilter;
  waiting: JournalEntry[];
  skipped: number;
  wake: () => void;
}

function fits(entry: JournalEntry, filter: FollowFilter): boolean {
  if (levelsOf(filter)?.includes(levelRank(entry.level)) === false) return false;
  if (componentsOf(filter)?.includes(entry.component) === false) return false;
  if (filter.runId !== undefined && entry.runId !== filter.runId) return false;
  if (filter.problem !== undefined && problemOf(entry)?.fingerprint !== filter.problem) return false;
  if (filter.text === undefined || filter.text === "") return true;
  const wanted = filter.text.toLowerCase();
  const data = entry.data === null ? "" : JSON.stringify(entry.data);
  return entry.message.toLowerCase().includes(wanted) || data.toLowerCase().includes(wanted);
}

function skippedNotice(count: number, last: JournalEntry): JournalEntry {
  return {
    ...last,
    level: "warn",
    component: "journal",
    runId: null,
    message: `${count} lines were skipped here: they came faster than they were read. They are in the journal.`,
    data: { skipped: count },
  };
}

/** Hands written lines on to whoever follows the journal. */
export class Followers {
  readonly #followers = new Set<Follower>();
  #closed = false;

  publish(entries: readonly JournalEntry[]): void {
    for (const follower of this.#followers) {
      for (const entry of entries) {
        if (!fits(entry, follower.filter)) continue;
        if (follower.waiting.length < MAX_WAITING) follower.waiting.push(entry);
        else follower.skipped++;
      }
      follower.wake();
    }
  }

  /** Lines from the call on; ends when the signal fires or the journal closes. */
  follow(filter: FollowFilter, signal: AbortSignal): AsyncGenerator<JournalEntry> {
    // Registered here and not in the generator's body, which runs only at the first next(): lines between would be lost.
    const follower: Follower = { filter, waiting: [], skipped: 0, wake: () => {} };
    if (!this.#closed && !signal.aborted) this.#followers.add(follower);
    const leave = () => {
      this.#followers.delete(follower);
      follower.wake();
    };
    signal.addEventListener("abort", leave, { once: true });
    return this.#lines(follower, () => signal.removeEventListener("abort", leave));
  }

  async *#lines(follower: Follower, done: () => void): AsyncGenerator<JournalEntry> {
    try {
      while (this.#followers.has(follower)) {
        const batch = follower.waiting.splice(0);
        const { skipped } = follower;
        follower.skipped = 0;
        yield* batch;
        const last = batch.at(-1);
        if (skipped > 0 && last !== undefined) yield skippedNotice(skipped, last);
        if (follower.waiting.length > 0 || !this.#followers.has(follower)) continue;
        await new Promise<void>((resolve) => {
          follower.wake = resolve;
        });
      }
    } finally {
      this.#followers.delete(follower);
      done();
    }
  }

  close(): void {
    this.#closed = true;
    const followers = [...this.#followers];
    this.#followers.clear();
    for (const follower of followers) follower.wake();
  }
}

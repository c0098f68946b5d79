import { ShelfmatchError } from "../../shared/errors.ts";

/** Who waits for the answer: a person, or a batch that goes on by itself. */
export type MatchPriority = "interactive" | "bulk";

interface Gate {
  /**
   * Waits for a place.
   * @returns the function that gives the place back; calling it again does nothing
   * @throws ShelfmatchError BUSY when as many as `waitingLimit()` wait already, CANCELLED when the signal fires first
   */
  enter(signal?: AbortSignal, priority?: MatchPriority): Promise<() => void>;
  /** Resolves when nobody who is waited for is at work or waits; work in bulk does not count. */
  idle(): Promise<void>;
}

/** Places that work in bulk may have: one is always left to somebody who waits for an answer. */
export const bulkPlaces = (places: number): number => Math.max(1, places - 1);

/**
 * Lets at most `places` work at once and a bounded number wait, first come first served; work in bulk comes behind all
 * others, and never takes the last place.
 */
export function createGate(places: number, waitingLimit: () => number): Gate {
  let free = places;
  let bulk = 0;
  const waiting: (() => void)[] = [];
  const waitingInBulk: (() => void)[] = [];
  let idlers: (() => void)[] = [];

  const bulkMayEnter = () => waiting.length === 0 && bulk < bulkPlaces(places);

  function serve(): void {
    while (free > 0) {
      const next = waiting.shift() ?? (bulkMayEnter() ? waitingInBulk.shift() : undefined);
      if (next === undefined) break;
      next();
    }
    if (free + bulk < places || waiting.length > 0) return;
    for (const tell of idlers) tell();
    idlers = [];
  }

  function take(inBulk: boolean): void {
    free--;
    if (inBulk) bulk++;
  }

  function place(inBulk: boolean): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      free++;
      if (inBulk) bulk--;
      serve();
    };
  }

  async function enter(signal?: AbortSignal, priority: MatchPriority = "interactive"): Promise<() => void> {
    const cancelled = () => new ShelfmatchError("CANCELLED", "The call was cancelled while it waited for its turn.");
    const inBulk = priority === "bulk";
    const queue = inBulk ? waitingInBulk : waiting;
    if (signal?.aborted) throw cancelled();
    if (free > 0 && (!inBulk || bulkMayEnter())) {
      take(inBulk);
      return place(inBulk);
    }
    if (!inBulk && waiting.length >= waitingLimit()) {
      throw new ShelfmatchError(
        "BUSY",
        `${waiting.length} matches are waiting already; send this one again in a moment.`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const enterNow = () => {
      take(inBulk);
      resolve();
    };
    queue.push(enterNow);
    const stop = () => {
      const position = queue.indexOf(enterNow);
      if (position < 0) return;
      queue.splice(position, 1);
      reject(cancelled());
    };
    signal?.addEventListener("abort", stop, { once: true });
    await promise.finally(() => signal?.removeEventListener("abort", stop));
    return place(inBulk);
  }

  async function idle(): Promise<void> {
    if (free + bulk === places && waiting.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    idlers.push(resolve);
    await promise;
  }

  return { enter, idle };
}

import { ShelfmatchError } from "../../shared/errors.ts";

interface Gate {
  /**
   * Waits for a place.
   * @returns the function that gives the place back; calling it again does nothing
   * @throws ShelfmatchError BUSY when as many as `waitingLimit()` wait already, CANCELLED when the signal fires first
   */
  enter(signal?: AbortSignal): Promise<() => void>;
  /** Resolves when nobody is at work or waits. */
  idle(): Promise<void>;
}

/** Lets at most `places` work at once and a bounded number wait, first come first served. */
export function createGate(places: number, waitingLimit: () => number): Gate {
  let free = places;
  const waiting: (() => void)[] = [];
  let idlers: (() => void)[] = [];

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
    if (free < places) return;
    for (const tell of idlers) tell();
    idlers = [];
  }

  function place(): () => void {
    let held = true;
    return () => {
      if (held) leave();
      held = false;
    };
  }

  async function enter(signal?: AbortSignal): Promise<() => void> {
    const cancelled = () => new ShelfmatchError("CANCELLED", "The call was cancelled while it waited for its turn.");
    if (signal?.aborted) throw cancelled();
    if (free > 0) {
      free--;
      return place();
    }
    if (waiting.length >= waitingLimit()) {
      throw new ShelfmatchError(
        "BUSY",
        `${waiting.length} matches are waiting already; send this one again in a moment.`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push(resolve);
    const stop = () => {
      const position = waiting.indexOf(resolve);
      if (position < 0) return;
      waiting.splice(position, 1);
      reject(cancelled());
    };
    signal?.addEventListener("abort", stop, { once: true });
    await promise.finally(() => signal?.removeEventListener("abort", stop));
    return place();
  }

  async function idle(): Promise<void> {
    if (free === places) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    idlers.push(resolve);
    await promise;
  }

  return { enter, idle };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Catalog } from "../catalog/port.ts";
import type { Sight } from "./port.ts";

interface PreparerOptions {
  catalog: Pick<Catalog, "allSkus" | "getMany" | "counts">;
  sight: Pick<Sight, "prepare">;
  /** Whether somebody waits for an answer now: nothing is begun then. */
  busy(): boolean;
  log(level: "info" | "warn", message: string, data?: Record<string, unknown>): void;
  /** Milliseconds before the first look at the catalogue, and between two: 10,000 and 30,000 unless said. */
  firstMs?: number;
  everyMs?: number;
}

interface Preparer {
  /** Resolves when what runs has come to its end; what is left is done after the next start. */
  close(): Promise<void>;
}

const FIRST_MS = 10_000;
const EVERY_MS = 30_000;
/** How long it waits for answers to be given. */
const PAUSE_MS = 200;
/** Products that are read from the catalogue at once. */
const BATCH = 64;

/**
 * Finds the points of catalogue pictures before a match asks for them: else the first photos after an import pay for up to
 * 24 each. One picture at a time, as much rest as work, and none while somebody waits for an answer. What was done is in
 * the cache of features, so nothing is done twice, after a restart neither.
 */
export function startPreparer({
  catalog,
  sight,
  busy,
  log,
  firstMs = FIRST_MS,
  everyMs = EVERY_MS,
}: PreparerOptions): Preparer {
  const closing = new AbortController();
  const { signal } = closing;
  const rest = (ms: number) => sleep(ms, undefined, { signal, ref: false });
  /** Hashes that need not be looked at again: prepared, or not to be prepared. */
  const done = new Set<string>();

  async function prepareOne(hash: string): Promise<boolean> {
    while (busy()) await rest(PAUSE_MS);
    signal.throwIfAborted();
    const started = performance.now();
    try {
      return await sight.prepare(hash);
    } catch (error) {
      signal.throwIfAborted();
      // A match that wants it says so, too; here it only has to go on.
      log("warn", `Picture ${hash.slice(0, 8)} could not be prepared for comparing.`, { error: String(error) });
      return false;
    } finally {
      done.add(hash);
      if (!signal.aborted) await rest(performance.now() - started);
    }
  }

  async function lookThrough(): Promise<void> {
    const skus = await catalog.allSkus();
    let prepared = 0;
    for (let at = 0; at < skus.length; at += BATCH) {
      for (const { pictures } of await catalog.getMany(skus.slice(at, at + BATCH))) {
        for (const { hash } of pictures) {
          if (!done.has(hash) && (await prepareOne(hash))) prepared++;
        }
      }
    }
    if (prepared > 0) log("info", `${prepared} catalogue pictures are prepared for comparing`);
  }

  async function run(): Promise<void> {
    let seen = "";
    await rest(firstMs);
    for (;;) {
      try {
        const counts = await catalog.counts();
        const now = JSON.stringify(counts);
        // Pictures of products that are still being indexed can't be asked for yet, and indexing wants the machine.
        if (counts.pending === 0 && now !== seen) {
          await lookThrough();
          seen = now;
        }
      } catch (error) {
        signal.throwIfAborted();
        // A catalogue that can't be reached says so where somebody asks for it; here the next look is soon enough.
        log("warn", "The catalogue's pictures could not be prepared for comparing.", { error: String(error) });
      }
      await rest(everyMs);
    }
  }

  const running = run().catch(() => {});
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, IndexJob } from "../catalog/port.ts";
import { crashPoint } from "../lib/crash-point.ts";
import type { Indexer } from "../services.ts";
import type { Collection, Point } from "./port.ts";

/**
 * Makes the index agree with the catalogue, whatever happened before: the catalogue is written first and says what is
 * pending; this loop embeds it, writes the vectors, then marks the revision that it embedded. A crash at any point
 * leaves something pending, never something lost. Writing a product's vectors is idempotent.
 */

interface ReconcilerOptions {
  catalog: Catalog;
  collection: Collection;
  /** The product's points: its pictures' views and its text. @throws ShelfmatchError for a product that can't be embedded */
  embed(job: IndexJob, signal: AbortSignal): Promise<Point[]>;
  log(level: "info" | "warn" | "error", message: string, data?: Record<string, unknown>): void;
}

/** Products embedded at once: enough to fill the encoder's batches, small enough to show progress. */
const BATCH = 64;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

/** Compares both sides once, whole, before anything else: orphans go, what the index lacks becomes pending. */
export function createReconciler({ catalog, collection, embed, log }: ReconcilerOptions): Indexer {
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let compared = false;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: NodeJS.Timeout | null = null;
  let lastFailure: unknown = null;
  const waiting = new Set<{ resolve(): void; reject(error: unknown): void }>();

  async function forgetDeleted(): Promise<void> {
    const deleted = await catalog.deletedSkus();
    if (deleted.length === 0) return;
    await collection.deleteProducts(deleted);
    crashPoint("index.vectors-deleted");
    // A product that was added again under its old SKU may have been indexed before its tombstone was seen.
    const returned = await catalog.getMany(deleted);
    if (returned.length > 0) await catalog.markAllPending(returned.map((product) => product.sku));
    await catalog.forgetDeleted(deleted);
  }

  /** @returns the job's points, or null where the product itself is at fault and was marked so */
  async function embedOne(job: IndexJob): Promise<{ job: IndexJob; points: Point[] } | null> {
    try {
      return { job, points: await embed(job, closing.signal) };
    } catch (error) {
      const transient = !(error instanceof ShelfmatchError) || error.retryable || error.code === "CANCELLED";
      if (transient) throw error;
      await catalog.markFailed(job.product.sku, job.revision, error.message);
      log("warn", `Product ${job.product.sku} could not be indexed: ${error.message}`, {
        sku: job.product.sku,
        code: error.code,
      });
      return null;
    }
  }

  async function drain(): Promise<void> {
    for (;;) {
      closing.signal.throwIfAborted();
      await forgetDeleted();
      const jobs = await catalog.pending(BATCH);
      if (jobs.length === 0) return;
      const outcomes = await Promise.allSettled(jobs.map(embedOne));
      const embedded = outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" && outcome.value !== null ? [outcome.value] : [],
      );
      crashPoint("index.embedded");
      await collection.replaceProducts(embedded.map(({ job, points }) => ({ sku: job.product.sku, points })));
      crashPoint("index.vectors-written");
      await catalog.markIndexed(embedded.map(({ job }) => ({ sku: job.product.sku, revision: job.revision })));
      crashPoint("index.marked");
      const failure = outcomes.find((outcome) => outcome.status === "rejected");
      if (failure !== undefined) throw failure.reason;
    }
  }

  function settle(error: unknown): void {
    for (const waiter of waiting) error === null ? waiter.resolve() : waiter.reject(error);
    waiting.clear();
  }

  async function work(): Promise<void> {
    try {
      if (!compared) await compare();
      compared = true;
      do {
        again = false;
        await drain();
      } while (again);
      retryMs = FIRST_RETRY_MS;
      lastFailure = null;
      settle(null);
    } catch (error) {
      lastFailure = error;
      settle(error);
      if (closing.signal.aborted) return;
      log(
        "error",
        `Indexing stopped and is tried again in ${retryMs / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
      );
      retryTimer = setTimeout(nudge, retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    } finally {
      running = null;
      if (again && lastFailure === null) nudge();
    }
  }

  function nudge(): void {
    if (closing.signal.aborted) return;
    if (running !== null) {
      again = true;
      return;
    }
    if (retryTimer !== null) clearTimeout(retryTimer);
    retryTimer = null;
    running = work();
  }

  function settled(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { resolve, reject };
    waiting.add(waiter);
    const stop = () => {
      waiting.delete(waiter);
      reject(new ShelfmatchError("CANCELLED", "Waiting for the index was cancelled; indexing itself goes on."));
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    else nudge();
    return promise.finally(() => signal?.removeEventListener("abort", stop));
  }

  async function compare(): Promise<void> {
    const [indexed, known] = await Promise.all([collection.skus(), catalog.allSkus()]);
    const catalogued = new Set(known);
    const orphans = [...indexed].filter((sku) => !catalogued.has(sku));
    const missing = known.filter((sku) => !indexed.has(sku));
    if (orphans.length > 0) await collection.deleteProducts(orphans);
    if (missing.length > 0) await catalog.markAllPending(missing);
    if (orphans.length + missing.length > 0)
      log("info", "The index differed from the catalogue", { orphans: orphans.length, missing: missing.length });
  }

  async function close(): Promise<void> {
    closing.abort(new ShelfmatchError("CANCELLED", "The engine is closing; indexing goes on at its next start."));
    if (retryTimer !== null) clearTimeout(retryTimer);
    await running;
    settle(closing.signal.reason);
  }

  return { nudge, settled, close };
}

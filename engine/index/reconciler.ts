import { isServiceError, ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, IndexJob } from "../catalog/port.ts";
import { crashPoint } from "../lib/crash-point.ts";
import type { Indexer } from "../services.ts";
import type { Collection, Point } from "./port.ts";

/**
 * Makes the index agree with the catalogue, whatever happened before: the catalogue is written first and says what is
 * pending; this loop embeds it, writes the vectors, then marks the revision that it embedded. A crash at any point
 * leaves something pending, never something lost. Writing a product's vectors is idempotent.
 */

/** A collection, and what makes the points that belong in it. */
export interface IndexTarget {
  collection: Collection;
  /** The product's points: its pictures' views and its text. @throws ShelfmatchError for a product that can't be embedded */
  embed(job: IndexJob, signal: AbortSignal): Promise<Point[]>;
}

/** Which collections are kept in step with the catalogue; `reembedding.ts` has two of them at times. */
export interface IndexTargets {
  /** Every change goes to all of these; the first one is searched. Asked before each batch. */
  current(): Promise<readonly IndexTarget[]>;
  /**
   * Called when nothing is pending, for one piece of what else there is to do.
   * @returns `more` to be called again, or after so many milliseconds; `compare` where another collection is searched
   *   from now on
   */
  advance(signal: AbortSignal): Promise<"more" | "compare" | "done" | { afterMs: number }>;
}

interface ReconcilerOptions {
  catalog: Catalog;
  targets: IndexTargets;
  /** Products up to which both sides are compared one by one at the start. */
  wholeUpTo?: number;
  log(level: "info" | "warn" | "error", message: string, data?: Record<string, unknown>): void;
}

interface Embedded {
  job: IndexJob;
  /** For each collection, in order. */
  points: Point[][];
}

/** Products embedded at once: enough to fill the encoder's batches, small enough to show progress. */
const BATCH = 64;
const WHOLE_UP_TO = 500_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** A service may be started anew meanwhile: whoever waits for the index hears of a failure that lasts. */
const PATIENCE_MS = 60_000;

interface Reconciler extends Indexer {
  /** Resolves once both sides were compared for the first time, or could not be: until then `pending` says too little. */
  readonly firstLook: Promise<void>;
}

/** Compares both sides once, whole, before anything else: orphans go, what the index lacks becomes pending. */
export function createReconciler({ catalog, targets, wholeUpTo = WHOLE_UP_TO, log }: ReconcilerOptions): Reconciler {
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let compared = false;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: NodeJS.Timeout | null = null;
  let laterTimer: NodeJS.Timeout | null = null;
  let lastFailure: unknown = null;
  let failingSince: number | null = null;
  const { promise: firstLook, resolve: looked } = Promise.withResolvers<void>();
  const waiting = new Set<{ resolve(): void; reject(error: unknown): void }>();

  async function forgetDeleted(): Promise<void> {
    const deleted = await catalog.deletedSkus();
    if (deleted.length === 0) return;
    for (const { collection } of await targets.current()) await collection.deleteProducts(deleted);
    crashPoint("index.vectors-deleted");
    // A product that was added again under its old SKU may have been indexed before its tombstone was seen.
    const returned = await catalog.getMany(deleted);
    if (returned.length > 0) await catalog.markAllPending(returned.map((product) => product.sku));
    await catalog.forgetDeleted(deleted);
  }

  /** @returns the job's points for each collection, or null where the product itself is at fault and was marked so */
  async function embedOne(job: IndexJob, into: readonly IndexTarget[]): Promise<Embedded | null> {
    try {
      return { job, points: await Promise.all(into.map(({ embed }) => embed(job, closing.signal))) };
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
      const into = await targets.current();
      const outcomes = await Promise.allSettled(jobs.map((job) => embedOne(job, into)));
      const embedded = outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" && outcome.value !== null ? [outcome.value] : [],
      );
      crashPoint("index.embedded");
      for (const [at, { collection }] of into.entries()) {
        await collection.replaceProducts(
          embedded.map(({ job, points }) => ({ sku: job.product.sku, points: points[at] ?? [] })),
        );
        crashPoint("index.vectors-written");
      }
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
      looked();
      do {
        again = false;
        await drain();
        if (again) continue;
        retryMs = FIRST_RETRY_MS;
        lastFailure = null;
        failingSince = null;
        settle(null);
        const next = await targets.advance(closing.signal);
        if (next === "compare") await compare();
        if (next === "compare" || next === "more") again = true;
        else if (next !== "done") callLater(next.afterMs);
      } while (again);
    } catch (error) {
      lastFailure = error;
      failingSince ??= Date.now();
      if (!isServiceError(error) || Date.now() - failingSince > PATIENCE_MS) settle(error);
      // Somebody removed the vectors: what is marked as indexed is not.
      if (error instanceof ShelfmatchError && error.details?.vectorsLost === true) compared = false;
      if (closing.signal.aborted) return;
      log(
        "error",
        `Indexing stopped and is tried again in ${retryMs / 1000} s: ${error instanceof Error ? error.message : String(error)}`,
      );
      retryTimer = setTimeout(nudge, retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    } finally {
      looked();
      running = null;
      if (again && lastFailure === null) nudge();
    }
  }

  function callLater(ms: number): void {
    if (laterTimer !== null) clearTimeout(laterTimer);
    laterTimer = setTimeout(nudge, ms).unref();
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

  /**
   * At millions of products reading every SKU of both sides takes minutes and a gigabyte. There, where nothing is pending
   * or failed, as many text points as products are taken for agreement: each product has exactly one.
   */
  async function agreeInNumber(collection: Collection): Promise<boolean> {
    const { total, indexed } = await catalog.counts();
    return total > wholeUpTo && indexed === total && (await collection.count()).text === total;
  }

  async function compare(): Promise<void> {
    for (const [at, { collection }] of (await targets.current()).entries()) {
      if (await agreeInNumber(collection)) continue;
      const [indexed, known] = await Promise.all([collection.skus(), catalog.allSkus()]);
      const catalogued = new Set(known);
      const orphans = [...indexed].filter((sku) => !catalogued.has(sku));
      // What the searched one lacks. One that is being filled lacks much, and whoever fills it knows.
      const missing = at === 0 ? known.filter((sku) => !indexed.has(sku)) : [];
      if (orphans.length > 0) await collection.deleteProducts(orphans);
      if (missing.length > 0) await catalog.markAllPending(missing);
      if (orphans.length + missing.length > 0)
        log("info", "The index differed from the catalogue", { orphans: orphans.length, missing: missing.length });
    }
  }

  async function close(): Promise<void> {
    closing.abort(new ShelfmatchError("CANCELLED", "The engine is closing; indexing goes on at its next start."));
    for (const timer of [retryTimer, laterTimer]) if (timer !== null) clearTimeout(timer);
    await running;
    if (laterTimer !== null) clearTimeout(laterTimer);
    settle(closing.signal.reason);
  }

  return { nudge, settled, close, firstLook };
}

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BIN_DAYS } from "../../shared/contract/bin.ts";
import type { BulkJob, BulkWork } from "../../shared/contract/bulk.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { By, Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import type { Curator, Indexer } from "../services.ts";
import { nearest } from "./similar.ts";
import { discardAll, editAll, type Report, reindexAll, restoreAll, revertAll, skusOf } from "./work.ts";

interface CuratorOptions {
  catalog: Catalog;
  /** The vectors that are searched now. */
  collection(): Promise<Collection>;
  indexer: Pick<Indexer, "nudge">;
  log(level: "info" | "warn" | "error", message: string, data?: Record<string, unknown>): void;
}

interface Running {
  job: BulkJob;
  /** Grows with every change. */
  version: number;
  stop: AbortController;
  ended: Promise<void>;
}

/** Events a second, at most. */
const EVENT_MS = 100;
/** Jobs that are listed, and refusals that are told of each. */
const REMEMBERED = 20;
const REFUSALS = 100;
const DAY_MS = 86_400_000;
/** Days that a product's history is kept. */
const HISTORY_DAYS = 730;

/** Changes of many products at once: one job at a time, each step of it durable, so that what is done can be undone. */
export function createCurator({ catalog, collection, indexer, log }: CuratorOptions): Curator {
  const jobs = new Map<string, Running>();

  async function prune(): Promise<void> {
    const before = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
    await catalog
      .prune({ bin: before(BIN_DAYS), changes: before(HISTORY_DAYS) })
      .catch((error: unknown) => log("warn", `The bin was not emptied of what is old: ${String(error)}`));
  }
  const daily = setInterval(() => void prune(), DAY_MS);
  daily.unref();
  const firstPrune = prune();

  function find(id: string): Running {
    const found = jobs.get(id);
    if (found !== undefined) return found;
    throw new ShelfmatchError(
      "JOB_NOT_FOUND",
      `There is no bulk job ${id}: the list of jobs begins with the engine's start.`,
    );
  }

  function run(
    kind: BulkJob["kind"],
    undoes: string | null,
    total: number,
    work: (by: By, report: Report, signal: AbortSignal) => Promise<void>,
  ): BulkJob {
    if ([...jobs.values()].some(({ job }) => job.state === "running")) {
      throw new ShelfmatchError("JOB_RUNNING", "Another bulk job is running. Wait until it is done, or cancel it.");
    }
    const id = randomUUID();
    const stop = new AbortController();
    const running: Running = {
      job: {
        ...{ id, kind, undoes, state: "running", startedAt: new Date().toISOString(), total, done: 0 },
        ...{ changed: 0, refused: 0, refusals: [], error: null, undone: false },
      },
      ...{ version: 0, stop, ended: Promise.resolve() },
    };
    const change = (changes: Partial<BulkJob>) => {
      running.job = { ...running.job, ...changes };
      running.version += 1;
    };
    const report: Report = {
      total: (products) => change({ total: products }),
      step(done, changed, refusals) {
        const { job } = running;
        change({
          done: job.done + done,
          changed: job.changed + changed,
          refused: job.refused + refusals.length,
          refusals: [...job.refusals, ...refusals].slice(0, REFUSALS),
        });
      },
    };
    const by: By = { source: kind === "undo" ? "revert" : "bulk", job: id };
    running.ended = work(by, report, stop.signal)
      .then(
        () => change({ state: "done" }),
        (error: unknown) => {
          if (stop.signal.aborted) return change({ state: "cancelled" });
          const message =
            error instanceof ShelfmatchError
              ? error.message
              : "It stopped by an error of the app. The journal has the details.";
          change({ state: "failed", error: message });
          log("error", `A bulk job failed: ${String(error)}`, { job: id });
        },
      )
      .then(() => {
        indexer.nudge();
        const { state, done, changed, refused } = running.job;
        if (undoes !== null && state === "done") {
          const undone = jobs.get(undoes);
          if (undone !== undefined) undone.job = { ...undone.job, undone: true };
        }
        log("info", `Bulk job ${kind}: ${state}`, { job: id, products: done, changed, refused });
      });
    jobs.set(id, running);
    const [oldest] = jobs.keys();
    if (jobs.size > REMEMBERED && oldest !== undefined) jobs.delete(oldest);
    return running.job;
  }

  function workOf(work: BulkWork, skus: readonly string[]) {
    return (by: By, report: Report, signal: AbortSignal): Promise<void> => {
      switch (work.kind) {
        case "edit":
          return editAll(catalog, skus, work.changes, by, report, signal);
        case "delete":
          return discardAll(catalog, skus, by, report, signal);
        case "reindex":
          return reindexAll(catalog, skus, report, signal);
      }
    };
  }

  return {
    async start(selection, work) {
      const skus = await skusOf(catalog, selection);
      if (skus.length === 0) {
        throw new ShelfmatchError("INVALID_INPUT", "Nothing is selected: no product fits the filter any more.");
      }
      return run(work.kind, null, skus.length, workOf(work, skus));
    },
    list: () => [...jobs.values()].map(({ job }) => job).reverse(),
    async *watch(id, signal) {
      const running = find(id);
      for (let seen = -1; ; ) {
        if (running.version !== seen) {
          seen = running.version;
          const { job } = running;
          yield job;
          if (job.state !== "running") return;
        }
        if (signal?.aborted) return;
        await sleep(EVENT_MS);
      }
    },
    async cancel(id) {
      const { stop, ended } = find(id);
      stop.abort();
      await ended;
      return find(id).job;
    },
    async undo(id) {
      const known = jobs.get(id)?.job;
      // Also of a job before the engine's last start: the history knows what it did.
      const [last] = await catalog.changes({ job: id, limit: 1 });
      if (last === undefined || known?.kind === "undo" || known?.kind === "reindex") {
        throw new ShelfmatchError(
          "JOB_NOT_FOUND",
          `Nothing is known that the job ${id} changed: there is nothing to undo.`,
        );
      }
      const deleted = last.kind === "deleted";
      return run("undo", id, known?.changed ?? 0, (by, report, signal) =>
        deleted ? restoreAll(catalog, id, by, report, signal) : revertAll(catalog, id, by, report, signal),
      );
    },
    similar: async (sku, top, signal) => nearest(catalog, await collection(), sku, top, signal),
    async close() {
      clearInterval(daily);
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
      await firstPrune;
    },
  };
}

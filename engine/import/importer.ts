import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { ImportProgress } from "../../shared/contract/imports.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Importer, ImportSource, Indexer } from "../services.ts";
import { ProgressMeter } from "./progress.ts";
import { runImport } from "./run.ts";
import { type OpenedSource, openSource } from "./source.ts";

interface ImporterOptions {
  catalog: Catalog;
  indexer: Indexer;
  limits: Config["limits"];
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

interface Running {
  progress: ProgressMeter;
  cancel: AbortController;
  ended: Promise<void>;
}

type Ending = Parameters<ProgressMeter["finish"]>;

/** Events a second, at most. */
const EVENT_MS = 100;
/** Without a change, so that the seconds go on. */
const QUIET_EVENT_MS = 1_000;
/** Imports of this run of the engine that are remembered. */
const REMEMBERED = 50;

/** Runs imports, one at a time: two at once would only share the same encoder, and could name the same SKU. */
export function createImporter({ catalog, indexer, limits, log }: ImporterOptions): Importer {
  const imports = new Map<string, Running>();
  let opening = false;

  function findImport(importId: string): Running {
    const found = imports.get(importId);
    if (found !== undefined) return found;
    throw new ShelfmatchError(
      "IMPORT_NOT_FOUND",
      `There is no import ${importId} in this run of the app. List the imports, or start a new one.`,
      { details: { importId } },
    );
  }

  /** @returns how it ended */
  async function bringIn(opened: OpenedSource, progress: ProgressMeter, signal: AbortSignal): Promise<Ending> {
    const { importId } = progress;
    try {
      const { format, total } = await opened.survey(signal);
      progress.surveyed(format, total);
      log("info", `Import started: ${format}, ${total} rows`, { importId });
      if (opened.leftOut.length > 0) {
        log("warn", `${opened.leftOut.length} files are no pictures and were left out`, {
          importId,
          files: opened.leftOut.slice(0, 50),
        });
      }
      await runImport({ catalog, indexer, limits, source: opened, progress, signal });
      return ["done"];
    } catch (error) {
      if (signal.aborted) return ["cancelled"];
      if (error instanceof ShelfmatchError) return ["failed", error];
      log("error", "Import failed", { importId, stack: error instanceof Error ? error.stack : error });
      const message = "The import stopped by an error of the app. The journal has the details; what went in stays.";
      return ["failed", { code: "INTERNAL", message }];
    }
  }

  async function run(source: ImportSource, opened: OpenedSource, progress: ProgressMeter, signal: AbortSignal) {
    const ending = await bringIn(opened, progress, signal);
    // Before anybody hears of the end: who waits for it may look for what was left.
    try {
      await opened.close();
      await removeUpload(source);
    } catch (error) {
      log("warn", `What the import left could not be removed: ${String(error)}`, { importId: progress.importId });
    }
    progress.finish(...ending);
    const { importId, state, products, images, unchanged, failedCount, seconds, error } = progress.snapshot();
    const data = { importId, products, images, unchanged, failedCount, seconds, error };
    log(state === "failed" ? "error" : "info", `Import ${state}`, data);
  }

  return {
    async start(source) {
      if (opening || [...imports.values()].some(({ progress }) => !progress.isFinal)) {
        throw new ShelfmatchError("IMPORT_RUNNING", "An import is running. Wait until it is done, or cancel it.");
      }
      opening = true;
      try {
        const opened = await openSource(source, limits.uploadBytes);
        const name = source.kind === "path" ? basename(resolve(source.path)) : source.name;
        const progress = new ProgressMeter(randomUUID(), name);
        const cancel = new AbortController();
        imports.set(progress.importId, { progress, cancel, ended: run(source, opened, progress, cancel.signal) });
        const [oldest] = imports.keys();
        if (imports.size > REMEMBERED && oldest !== undefined) imports.delete(oldest);
        return progress.snapshot();
      } finally {
        opening = false;
      }
    },
    async *watch(importId, signal) {
      const { progress } = findImport(importId);
      for (;;) {
        const { version } = progress;
        const snapshot = progress.snapshot();
        yield snapshot;
        if (isFinal(snapshot)) return;
        for (let waited = 0; waited < QUIET_EVENT_MS; waited += EVENT_MS) {
          if (signal?.aborted) return;
          await sleep(EVENT_MS);
          if (progress.version !== version || progress.isFinal) break;
        }
      }
    },
    async cancel(importId) {
      const { progress, cancel, ended } = findImport(importId);
      cancel.abort(new ShelfmatchError("CANCELLED", "The import was cancelled; what went in stays."));
      await ended;
      return progress.snapshot();
    },
    list: () => [...imports.values()].map(({ progress }) => progress.snapshot()).reverse(),
    async close() {
      for (const { cancel } of imports.values()) cancel.abort();
      await Promise.all([...imports.values()].map(({ ended }) => ended));
    },
  };
}

function isFinal(progress: ImportProgress): boolean {
  return progress.state === "done" || progress.state === "failed" || progress.state === "cancelled";
}

async function removeUpload(source: ImportSource): Promise<void> {
  if (source.kind === "upload") await rm(source.folder, { recursive: true, force: true });
}

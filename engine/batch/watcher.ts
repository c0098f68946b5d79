import { setTimeout as sleep } from "node:timers/promises";
import { BATCH_LIMIT } from "../../shared/contract/batch.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { isAbsent } from "../lib/absent.ts";
import { createSettling, picturesIn } from "./scan.ts";
import type { BatchStore, StoredBatchChange } from "./store.ts";

/**
 * Reads the folders of batches: once, or again and again where they are watched. Looking, and not the system's own word of
 * changes: that is not there for shares of a network, has its limits in number, and tells nothing of what came before the
 * engine was started.
 */

export interface WatchPace {
  /** Between two looks, in ms. */
  lookMs: number;
  /** For which nothing may have changed about a new file, in ms. */
  settleMs: number;
}
export const WATCH_PACE: WatchPace = { lookMs: 1_500, settleMs: 2_000 };
/** A look may take one part in so many of the time. */
const SHARE = 30;
/** Items that are written at once: a transaction of more would hold up the event loop. */
const WRITTEN_AT_ONCE = 500;

const FULL = {
  code: "INVALID_INPUT",
  message: `The batch is full: it holds ${BATCH_LIMIT} pictures at most. Start another one with the rest of the folder.`,
};

interface FolderOptions {
  store: BatchStore;
  pace: WatchPace;
  /** There are new items, or something is to be told of the batch. */
  changed(id: string): void;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

/** @returns why the folder can't be read, in words for the user */
export function folderProblem(folder: string, error: unknown): ShelfmatchError {
  if (error instanceof ShelfmatchError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : null;
  if (isAbsent(error)) {
    const message = `There is no folder ${folder}. Check the path, or connect the disk that it is on.`;
    return new ShelfmatchError("FILE_NOT_FOUND", message, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  const why =
    code === "EACCES" || code === "EPERM"
      ? "may not be read. Give yourself the permission"
      : `can't be read (${reason}). Mend that`;
  return new ShelfmatchError("FILE_NOT_READABLE", `The folder ${folder} ${why}, then try again.`, { cause: error });
}

export function createFolderReader({ store, pace, changed, log }: FolderOptions) {
  const reading = new Map<string, { stop: AbortController; ended: Promise<void> }>();

  async function add(id: string, items: Parameters<BatchStore["add"]>[1]): Promise<void> {
    for (let at = 0; at < items.length; at += WRITTEN_AT_ONCE) {
      if (store.add(id, items.slice(at, at + WRITTEN_AT_ONCE)) > 0) changed(id);
      await new Promise(setImmediate);
    }
  }

  function tell(id: string, change: StoredBatchChange): void {
    store.change(id, change);
    changed(id);
  }

  /** @returns whether the folder could be read */
  async function look(
    id: string,
    folder: string,
    settling: ReturnType<typeof createSettling> | null,
  ): Promise<boolean> {
    try {
      const { seen, refused } = await picturesIn(folder);
      const fresh = settling === null ? seen : settling.settled(seen, store.files(id), Date.now());
      const found = [...fresh.map(({ file, version }) => ({ file, version, stored: null })), ...refused];
      const room = Math.max(0, BATCH_LIMIT - store.counts(id).total);
      await add(id, found.slice(0, room));
      if (fresh.length > room) tell(id, { problem: FULL });
      const { problem, listed } = store.get(id);
      const was = problem?.code.startsWith("FILE_") === true;
      if (was) log("info", `The watched folder ${folder} can be read again`, { batch: id });
      if (was || !listed) tell(id, { problem: was ? null : problem, listed: true });
      return true;
    } catch (error) {
      const { code, message } = folderProblem(folder, error);
      if (store.get(id).problem?.code !== code) {
        log("warn", message, { batch: id });
        tell(id, { problem: { code, message } });
      }
      return false;
    }
  }

  async function read(id: string, signal: AbortSignal): Promise<void> {
    const { folder, watch, listed } = store.get(id);
    if (folder === null) return;
    if (!watch) {
      if (!listed && !(await look(id, folder, null))) tell(id, { status: "failed" });
      return;
    }
    const settling = createSettling(pace.settleMs);
    while (!signal.aborted) {
      const startedAt = performance.now();
      await look(id, folder, settling);
      const tookMs = performance.now() - startedAt;
      await sleep(Math.max(pace.lookMs, SHARE * tookMs), null, { signal, ref: false }).catch(() => null);
    }
  }

  return {
    /** Goes on in the background; does nothing where the folder is being read already. */
    start(id: string): void {
      if (reading.has(id)) return;
      const stop = new AbortController();
      const ended = read(id, stop.signal)
        .catch((error: unknown) => {
          // Deleted while it was looked at.
          if (error instanceof ShelfmatchError && error.code === "BATCH_NOT_FOUND") return;
          log("error", `Reading the folder of a batch failed: ${String(error)}`, { batch: id });
        })
        .finally(() => reading.delete(id));
      reading.set(id, { stop, ended });
    },
    async stop(id: string): Promise<void> {
      const one = reading.get(id);
      one?.stop.abort();
      await one?.ended;
    },
    async close(): Promise<void> {
      const all = [...reading.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

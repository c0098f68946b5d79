import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { openDatabase } from "../journal/open-database.ts";
import type { Journal } from "../journal/port.ts";
import type { Matcher } from "../services.ts";
import { createDecisions } from "./decisions.ts";
import { toCsv, toXlsx } from "./export.ts";
import { createIntake } from "./intake.ts";
import { createPictureFolder, readPicture, thumbnailOf } from "./pictures.ts";
import type { Batches } from "./port.ts";
import type { StoredBatch } from "./rows.ts";
import { MIGRATIONS } from "./schema.ts";
import { createStanding, isPast } from "./standing.ts";
import { batchNotFound, openBatchStore } from "./store.ts";
import { createFolderReader, WATCH_PACE, type WatchPace } from "./watcher.ts";
import { createBatchWorker } from "./worker.ts";

/** Batches of pictures: taken in, matched behind everything else, kept, and decided about. */

export interface BatchesOptions {
  /** Everything of batches lies below it. */
  folder: string;
  matcher: Pick<Matcher, "match">;
  journal: Pick<Journal, "run" | "addFeedback">;
  catalog: Pick<Catalog, "getMany">;
  config(): Config;
  /** Pictures at work at once. */
  atOnce: number;
  pace?: WatchPace;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

/** Events a second, at most. */
const EVENT_MS = 250;
/** Without a change, so that the seconds go on and a lost reader is noticed. */
const QUIET_EVENT_MS = 2_000;
const DAY_MS = 86_400_000;
/** A deleted one can be brought back for so long. */
const REMOVED_MS = DAY_MS;
const SWEEP_MS = 3_600_000;

export function openBatches(options: BatchesOptions): Batches {
  const { journal, catalog, config, log, pace = WATCH_PACE } = options;
  mkdirSync(options.folder, { recursive: true });
  const db = openDatabase(join(options.folder, "batches.sqlite"), {
    what: "The batches",
    migrations: MIGRATIONS,
    onNotice: (message) => log("warn", message),
  });
  const store = openBatchStore(db);
  const pictures = createPictureFolder(join(options.folder, "pictures"));
  const decisions = createDecisions({ store, journal, catalog });
  const versions = new Map<string, number>();
  /** Whoever watches the batch is told; notes when its last picture was matched. */
  function changed(id: string): void {
    versions.set(id, (versions.get(id) ?? 0) + 1);
    const batch = store.find(id);
    if (batch === null) return;
    const open = batch.status === "active" && (store.isOpen(id) || (batch.kind === "folder" && !batch.listed));
    if (open && batch.finished !== null) store.change(id, { finished: null });
    else if (!open && batch.finished === null && batch.status !== "paused") finish(batch);
    worker.nudge();
  }

  function finish({ id, name }: StoredBatch): void {
    store.change(id, { finished: Date.now() });
    const { total, verdicts, failed } = store.counts(id);
    log("info", `Batch matched: ${name}`, { batch: id, total, failed, ...verdicts });
  }

  const worker = createBatchWorker({ ...options, store, pictures, changed });
  const reader = createFolderReader({ store, pace, changed, log });

  const summary = createStanding({
    store,
    versionOf: (id) => versions.get(id) ?? 0,
    pace: (id) => worker.pace(id),
    keptMs: () => config().journal.batchPhotoDays * DAY_MS,
  });
  const get = (id: string) => summary(store.get(id));

  async function sweep(): Promise<void> {
    const now = Date.now();
    for (const id of store.purgeable(now - REMOVED_MS)) {
      await pictures.sweep(id);
      store.purge(id);
    }
    for (const { id, name } of store.sweepable(now - config().journal.batchPhotoDays * DAY_MS)) {
      await pictures.sweep(id);
      store.change(id, { swept: true });
      log("info", `The uploaded pictures of the batch ${name} were deleted: their time was over`, { batch: id });
      changed(id);
    }
  }
  const sweepSafely = () =>
    sweep().catch((error: unknown) => log("warn", `Pictures of batches could not be deleted: ${String(error)}`));

  for (const { id, status, watch, listed, kind } of store.list()) {
    if (kind === "folder" && status === "active" && (watch || !listed)) reader.start(id);
  }
  worker.start().catch((error: unknown) => log("error", `Batches could not go on: ${String(error)}`));
  void sweepSafely();
  const sweeping = setInterval(sweepSafely, SWEEP_MS).unref();

  return {
    ...createIntake({ store, pictures, reader, config, changed, get, log }),
    list: () => store.list().map(summary),
    get,
    async *watch(id, signal) {
      for (;;) {
        const version = versions.get(id) ?? 0;
        const said = get(id);
        yield said;
        if (isPast(said.state)) return;
        for (let waited = 0; waited < QUIET_EVENT_MS; waited += EVENT_MS) {
          if (signal?.aborted) return;
          await sleep(EVENT_MS);
          if ((versions.get(id) ?? 0) !== version) break;
        }
      }
    },
    pause(id) {
      const { state } = get(id);
      if (state !== "running" && state !== "watching") return get(id);
      store.change(id, { status: "paused" });
      void reader.stop(id);
      changed(id);
      return get(id);
    },
    resume(id) {
      const { watch, listed, kind, status } = store.get(id);
      if (status === "active") return get(id);
      store.change(id, { status: "active", problem: null });
      if (kind === "folder" && (watch || !listed)) {
        // A reader that is just stopping is waited for, so that there is one again.
        void reader.stop(id).then(() => reader.start(id));
      }
      changed(id);
      return get(id);
    },
    async cancel(id) {
      if (isPast(get(id).state)) return get(id);
      store.change(id, { status: "cancelled" });
      await reader.stop(id);
      changed(id);
      return get(id);
    },
    retry(id, items) {
      store.get(id);
      if (store.retry(id, items) > 0) store.change(id, { status: "active" });
      changed(id);
      return get(id);
    },
    async stopWatching(id) {
      store.get(id);
      store.change(id, { watch: false });
      await reader.stop(id);
      // What keeps a folder from being read is no concern of one that is not watched.
      if (store.get(id).problem?.code.startsWith("FILE_")) store.change(id, { problem: null });
      if (!store.get(id).listed) reader.start(id);
      changed(id);
      return get(id);
    },
    async remove(id) {
      store.get(id);
      store.change(id, { removed: Date.now() });
      await reader.stop(id);
      changed(id);
    },
    restore(id) {
      if (!store.unremove(id)) throw batchNotFound(id);
      const { kind, status, watch, listed } = store.get(id);
      if (kind === "folder" && status === "active" && (watch || !listed)) reader.start(id);
      changed(id);
      return get(id);
    },
    order(id, filter, sort) {
      store.get(id);
      return store.order(id, filter, sort);
    },
    items(id, items) {
      store.get(id);
      return store.items(id, items);
    },
    item(id, item) {
      store.get(id);
      const { stored: _, ...row } = store.item(id, item);
      return { ...row, result: store.result(id, item) };
    },
    products(id) {
      store.get(id);
      return store.products(id);
    },
    async picture(id, number, size) {
      const { kind, folder, swept } = store.get(id);
      const { file, stored, state } = store.item(id, number);
      if ((kind === "upload" && stored === null) || swept) {
        const why = swept ? "was deleted, as its time was over" : `could not be taken out of the upload (${state})`;
        throw new ShelfmatchError("PICTURE_NOT_FOUND", `The picture ${file} ${why}. Upload it again to see it.`);
      }
      const path = stored === null ? join(folder ?? "", ...file.split("/")) : pictures.path(id, stored);
      const bytes = await readPicture(path, file, config().limits);
      const name = basename(file);
      return { name, bytes: size === "full" ? bytes : await thumbnailOf(bytes, file, config().limits) };
    },
    async decide(id, items, answer, sku) {
      store.get(id);
      const rows = await decisions.decide(id, items, answer, sku);
      changed(id);
      return rows;
    },
    async undecide(id, items) {
      store.get(id);
      const rows = await decisions.undecide(id, items);
      changed(id);
      return rows;
    },
    async export(id, format) {
      const { name } = store.get(id);
      const bytes = await (format === "csv" ? toCsv : toXlsx)(store.pages(id));
      return { name: `${fileName(name)}.${format}`, bytes };
    },
    async close() {
      clearInterval(sweeping);
      await reader.close();
      await worker.close();
      db.close();
    },
  };
}

/** What no file system refuses. */
function fileName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N} ._-]+/gu, "-").replace(/^[. ]+|[. ]+$/g, "");
  return safe === "" ? "batch" : safe.slice(0, 100);
}

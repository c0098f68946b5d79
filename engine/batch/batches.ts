import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import {
  BATCH_LIMIT,
  type BatchDecisionAnswer,
  type BatchFilter,
  type BatchItem,
  type BatchItemDetail,
  type BatchSort,
  type BatchState,
  type BatchSummary,
} from "../../shared/contract/batch.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { openDatabase } from "../journal/open-database.ts";
import type { Journal } from "../journal/port.ts";
import type { Matcher, NamedBytes } from "../services.ts";
import { createDecisions } from "./decisions.ts";
import { toCsv, toXlsx } from "./export.ts";
import { createPictureFolder, readPicture, thumbnailOf } from "./pictures.ts";
import type { Counts, StoredBatch } from "./rows.ts";
import { MIGRATIONS } from "./schema.ts";
import { batchNotFound, openBatchStore } from "./store.ts";
import { createFolderReader, folderProblem, WATCH_PACE, type WatchPace } from "./watcher.ts";
import { createBatchWorker } from "./worker.ts";

/** Batches of pictures: taken in, matched behind everything else, kept, and decided about. */
export interface Batches {
  /**
   * @param spool below it the uploaded files lie; taken over
   * @throws ShelfmatchError INVALID_INPUT where there are no pictures, DISK_FULL, IMPORT_UNREADABLE for a zip that is none
   */
  startUpload(spool: string, name: string): Promise<BatchSummary>;
  /** @throws ShelfmatchError as startUpload, BATCH_NOT_FOUND */
  addUpload(id: string, spool: string): Promise<BatchSummary>;
  /** A folder, a picture or a zip of this machine. @throws ShelfmatchError FILE_NOT_FOUND, FILE_NOT_READABLE, INVALID_INPUT */
  startPath(path: string, options: { watch: boolean; name?: string | undefined }): Promise<BatchSummary>;
  list(): BatchSummary[];
  /** @throws ShelfmatchError BATCH_NOT_FOUND, as every one of the following */
  get(id: string): BatchSummary;
  /** Throttled; ends when nothing more will come by itself. */
  watch(id: string, signal?: AbortSignal): AsyncIterable<BatchSummary>;
  pause(id: string): BatchSummary;
  resume(id: string): BatchSummary;
  cancel(id: string): Promise<BatchSummary>;
  retry(id: string, items: readonly number[] | undefined): BatchSummary;
  stopWatching(id: string): Promise<BatchSummary>;
  remove(id: string): Promise<void>;
  restore(id: string): BatchSummary;
  order(id: string, filter: BatchFilter, sort: BatchSort): number[];
  items(id: string, items: readonly number[]): BatchItem[];
  item(id: string, item: number): BatchItemDetail;
  products(id: string): { product: NonNullable<BatchItem["best"]>; items: number; open: number }[];
  /** @throws ShelfmatchError PICTURE_NOT_FOUND, FILE_*, IMAGE_* */
  picture(id: string, item: number, size: "thumbnail" | "full"): Promise<NamedBytes>;
  /** @throws ShelfmatchError INVALID_INPUT, PRODUCT_NOT_FOUND, the journal's */
  decide(
    id: string,
    items: readonly number[],
    answer: BatchDecisionAnswer,
    sku: string | undefined,
  ): Promise<BatchItem[]>;
  undecide(id: string, items: readonly number[]): Promise<BatchItem[]>;
  export(id: string, format: "csv" | "xlsx"): Promise<NamedBytes>;
  close(): Promise<void>;
}

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

const isPast = (state: BatchState) => state === "done" || state === "cancelled" || state === "failed";

function stateOf({ status, listed, watch, kind }: StoredBatch, { waiting }: Pick<Counts, "waiting">): BatchState {
  if (status !== "active") return status;
  if (waiting > 0 || (kind === "folder" && !listed)) return "running";
  return watch ? "watching" : "done";
}

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
  const counted = new Map<string, { version: number; counts: Counts }>();

  /** Counted once a change: lists of batches are asked for twice a second, and an item a row adds up. */
  function countsOf(id: string): Counts {
    const version = versions.get(id) ?? 0;
    const known = counted.get(id);
    if (known?.version === version) return known.counts;
    const counts = store.counts(id);
    counted.set(id, { version, counts });
    return counts;
  }

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

  function summary(batch: StoredBatch): BatchSummary {
    const { id, name, kind, folder, watch, time, finished, swept, problem } = batch;
    const counts = countsOf(id);
    const state = stateOf(batch, counts);
    const perSecond = worker.pace(id);
    const keptMs = config().journal.batchPhotoDays * DAY_MS;
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    return {
      ...{ id, name, time: new Date(time).toISOString(), state, source: { kind, folder, watch } },
      ...counts,
      secondsLeft: state === "running" && perSecond !== null ? Math.ceil(counts.waiting / perSecond) : null,
      finished: iso(finished),
      picturesUntil: kind === "folder" || swept || finished === null ? null : iso(finished + keptMs),
      problem,
    };
  }
  const get = (id: string) => summary(store.get(id));

  function create(source: Pick<StoredBatch, "kind" | "name" | "folder" | "watch" | "listed">): string {
    const id = randomUUID();
    store.create({ id, ...source, time: Date.now() });
    const { name } = source;
    log("info", `Batch started: ${name}`, { batch: id, folder: source.folder, watch: source.watch });
    return id;
  }

  function assertRoom(id: string, more: number): void {
    const { total } = store.counts(id);
    if (total + more <= BATCH_LIMIT) return;
    const message = `A batch holds ${BATCH_LIMIT} pictures at most. Start another one with the rest.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  }

  async function takeOver(id: string, spool: string): Promise<void> {
    const items = await pictures.takeOver(id, spool, config().limits);
    if (items.length === 0) {
      const message = "There are no pictures in what was sent. Choose JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC files.";
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    assertRoom(id, items.length);
    store.add(id, items);
    store.change(id, { swept: false });
    changed(id);
  }

  /** One whose intake fails was never there. */
  async function orNothing(id: string, intake: () => Promise<void>): Promise<BatchSummary> {
    try {
      await intake();
      return get(id);
    } catch (error) {
      store.purge(id);
      await pictures.sweep(id);
      throw error;
    }
  }

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
    startUpload: (spool, name) => {
      const id = create({ kind: "upload", name, folder: null, watch: false, listed: true });
      return orNothing(id, () => takeOver(id, spool));
    },
    async addUpload(id, spool) {
      try {
        const { kind, status } = store.get(id);
        if (kind !== "upload" || status === "cancelled") {
          const why = kind === "upload" ? "was cancelled" : "reads a folder by itself";
          throw new ShelfmatchError("INVALID_INPUT", `The batch ${why}: start another one with these pictures.`);
        }
        await takeOver(id, spool);
      } finally {
        await rm(spool, { recursive: true, force: true });
      }
      return get(id);
    },
    async startPath(path, { watch, name }) {
      const whole = resolve(path);
      const found = await stat(whole).catch((error: unknown) => {
        throw folderProblem(whole, error);
      });
      const called = name === undefined || name === "" ? basename(whole) : name;
      if (found.isDirectory()) {
        const id = create({ kind: "folder", name: called, folder: whole, watch, listed: false });
        reader.start(id);
        return get(id);
      }
      if (watch) {
        throw new ShelfmatchError(
          "INVALID_INPUT",
          `${whole} is a file. Only a folder can be watched: name the one it is in.`,
        );
      }
      const isZip = /\.zip$/i.test(whole);
      const place = { folder: dirname(whole), watch: false, listed: true };
      const id = create({ kind: isZip ? "upload" : "folder", name: called, ...place });
      return orNothing(id, async () => {
        const items = isZip
          ? await pictures.unpackZip(id, whole, config().limits)
          : [{ file: basename(whole), version: "", stored: null }];
        if (items.length === 0) throw new ShelfmatchError("INVALID_INPUT", `There are no pictures in ${whole}.`);
        assertRoom(id, items.length);
        store.add(id, items);
        changed(id);
      });
    },
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

import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { BATCH_LIMIT, type BatchSummary } from "../../shared/contract/batch.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { BatchesOptions } from "./batches.ts";
import type { createPictureFolder } from "./pictures.ts";
import type { Batches } from "./port.ts";
import type { StoredBatch } from "./rows.ts";
import type { BatchStore } from "./store.ts";
import { type createFolderReader, folderProblem } from "./watcher.ts";

interface IntakeOptions extends Pick<BatchesOptions, "config" | "log"> {
  store: BatchStore;
  pictures: ReturnType<typeof createPictureFolder>;
  reader: ReturnType<typeof createFolderReader>;
  changed(id: string): void;
  get(id: string): BatchSummary;
}

/** How pictures come into a batch: sent, or named by a path of this machine. */
export function createIntake(options: IntakeOptions): Pick<Batches, "startUpload" | "addUpload" | "startPath"> {
  const { store, pictures, reader, config, changed, get, log } = options;

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
  };
}

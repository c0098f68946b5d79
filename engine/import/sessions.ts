import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Config } from "../../shared/config.ts";
import type { ImportProgress } from "../../shared/contract/imports.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { DEFAULT_OPTIONS } from "./mapping.ts";
import type { ImportSource } from "./port.ts";
import { ProgressMeter } from "./progress.ts";
import { type OpenedSource, openSource } from "./source.ts";
import type { ImportStore, KeptImport } from "./store.ts";
import { describeVectors, type OwnVectors } from "./vectors.ts";

/** Imports that were begun: where each stands, whether the engine was started anew since or not. */

export interface Session {
  kept: KeptImport;
  meter: ProgressMeter;
  /** Of what is under way; null where nothing is. */
  halt: { cancel: AbortController; pause: AbortController } | null;
  ended: Promise<void>;
}

/** Imports that are over and are remembered. */
const REMEMBERED = 50;
/** Uploads that nobody went on with, and those of imports with bad rows, are kept so long. */
const KEPT_UPLOAD_MS = 7 * 24 * 3600 * 1000;
const OVER: readonly ImportProgress["state"][] = ["done", "failed", "cancelled"];

export const nameOf = (source: ImportSource) => (source.kind === "path" ? basename(resolve(source.path)) : source.name);

interface SessionsOptions {
  store: ImportStore;
  /** Where uploads are kept. */
  folder: string;
  limits: Config["limits"];
  own: OwnVectors | null;
}

export function createSessions({ store, folder, limits, own }: SessionsOptions) {
  const sessions = new Map<string, Session>();

  for (const { importId, kept } of store.load().reverse()) {
    const meter = ProgressMeter.restored(kept.progress);
    // The engine ended in the middle of it.
    if (kept.progress.state === "running" || kept.progress.state === "reading") {
      meter.rest(kept.progress.task === "import" ? "paused" : kept.progress.task === "plan" ? "prepared" : "done");
    }
    // The data folder may have been moved, or restored elsewhere.
    if (kept.source.kind === "upload") kept.source.folder = join(folder, importId);
    sessions.set(importId, { kept, meter, halt: null, ended: Promise.resolve() });
  }

  function find(importId: string): Session {
    const found = sessions.get(importId);
    if (found !== undefined) return found;
    throw new ShelfmatchError(
      "IMPORT_NOT_FOUND",
      `There is no import ${importId}. List the imports, or start a new one.`,
      { details: { importId } },
    );
  }

  const save = ({ kept, meter }: Session) => store.save(meter.importId, { ...kept, progress: meter.snapshot() });

  /** Opens a new source; an upload's folder becomes the importer's own where it can be opened. */
  async function take<T>(
    source: ImportSource,
    use: (session: Session, opened: OpenedSource) => Promise<T>,
  ): Promise<T> {
    const importId = randomUUID();
    let own_ = source;
    if (source.kind === "upload") {
      own_ = { ...source, folder: join(folder, importId) };
      await mkdir(folder, { recursive: true });
      await rename(source.folder, own_.folder);
    }
    let opened: OpenedSource;
    try {
      opened = await openSource(own_, limits.uploadBytes);
    } catch (error) {
      if (source.kind === "upload" && own_.kind === "upload") await rename(own_.folder, source.folder);
      throw error;
    }
    const meter = new ProgressMeter(importId, nameOf(source));
    meter.describe(null, describeVectors(opened.table?.vectors ?? null, own));
    const kept: KeptImport = {
      ...{ source: own_, columns: null, options: DEFAULT_OPTIONS },
      ...{ surveyed: null, dealt: 0, progress: meter.snapshot() },
    };
    const session: Session = { kept, meter, halt: null, ended: Promise.resolve() };
    sessions.set(importId, session);
    save(session);
    await tidy(importId);
    return use(session, opened);
  }

  async function forget(importId: string): Promise<void> {
    const session = sessions.get(importId);
    sessions.delete(importId);
    store.forget(importId);
    if (session?.kept.source.kind === "upload") {
      await rm(session.kept.source.folder, { recursive: true, force: true });
    }
  }

  /** Forgets what nobody went on with, and the oldest of what is over. */
  async function tidy(except: string): Promise<void> {
    const resting = [...sessions].filter(([importId, { halt }]) => halt === null && importId !== except);
    const over = resting.filter(([, { meter }]) => OVER.includes(meter.state));
    const old = over.slice(0, Math.max(0, over.length - REMEMBERED));
    for (const [importId, { kept, meter }] of resting) {
      if (kept.source.kind !== "upload" || meter.state === "paused") continue;
      const age = await stat(kept.source.folder).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > KEPT_UPLOAD_MS) old.push([importId, find(importId)]);
    }
    for (const [importId] of old) await forget(importId);
  }

  /** @throws ShelfmatchError FILE_NOT_FOUND and others where the source is not there any more */
  async function reopen({ kept: { source } }: Session): Promise<OpenedSource> {
    if (source.kind === "upload" && !existsSync(source.folder)) {
      const message = `What was uploaded of ${source.name} is not here any more: uploads are in no backup. Import the file again; products that are in the catalogue already stay as they are.`;
      throw new ShelfmatchError("FILE_NOT_FOUND", message);
    }
    return openSource(source, limits.uploadBytes);
  }

  return { sessions, find, save, take, forget, reopen };
}

/** @throws ShelfmatchError INVALID_INPUT */
export function assertState({ meter }: Session, allowed: readonly ImportProgress["state"][]): void {
  const { state } = meter;
  if (allowed.includes(state)) return;
  throw new ShelfmatchError(
    "INVALID_INPUT",
    `The import is ${state}, and that can only be done with one that is ${allowed.join(" or ")}. Look at where it stands, or start a new one.`,
    { details: { importId: meter.importId, state } },
  );
}

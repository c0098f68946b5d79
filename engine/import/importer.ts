import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { ImportProgress } from "../../shared/contract/imports.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Importer, ImportReading, ImportSource, Indexer } from "../services.ts";
import { badRowsCsv, toBadImportRow } from "./bad-rows.ts";
import { createMapping, DEFAULT_OPTIONS } from "./mapping.ts";
import { previewOf } from "./preview.ts";
import { ProgressMeter } from "./progress.ts";
import { type OpenedSource, openSource } from "./source.ts";
import { type KeptImport, openImportStore } from "./store.ts";
import { runTask, type TaskParts } from "./tasks.ts";
import { describeVectors, type OwnVectors } from "./vectors.ts";
import { createPictureFetcher, type PictureFetcher } from "./web/picture-fetcher.ts";

interface ImporterOptions {
  catalog: Catalog;
  indexer: Indexer;
  limits: Config["limits"];
  /** Where imports are kept: uploads, and where each stands. */
  folder: string;
  /** Whether and how pictures may be fetched from the web, as the settings are now. */
  web(): Config["imports"];
  vectors?: OwnVectors;
  /** Tests bring a fetcher that may ask a server of their own. */
  createFetcher?: typeof createPictureFetcher;
  onNotice(message: string): void;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

interface Session {
  kept: KeptImport;
  meter: ProgressMeter;
  /** Of what is under way; null where nothing is. */
  halt: { cancel: AbortController; pause: AbortController } | null;
  ended: Promise<void>;
}

/** Events a second, at most. */
const EVENT_MS = 100;
/** Without a change, so that the seconds go on. */
const QUIET_EVENT_MS = 1_000;
/** Imports that are over and are remembered. */
const REMEMBERED = 50;
/** Uploads that nobody went on with, and those of imports with bad rows, are kept so long. */
const KEPT_UPLOAD_MS = 7 * 24 * 3600 * 1000;
const WEB_REDIRECTS = 5;
const WEB_TRIES = 3;
const OVER: readonly ImportProgress["state"][] = ["done", "failed", "cancelled"];

/** Runs imports, one at a time: two at once would only share the same encoder, and could name the same SKU. */
export function createImporter(options: ImporterOptions): Importer {
  const { catalog, indexer, limits, folder, web, log, createFetcher = createPictureFetcher } = options;
  const own = options.vectors ?? null;
  const store = openImportStore(folder, options.onNotice);
  const sessions = new Map<string, Session>();
  let opening = false;
  let closed = false;

  for (const { importId, kept } of store.load().reverse()) {
    const meter = ProgressMeter.restored(kept.progress);
    // The engine ended in the middle of it.
    if (kept.progress.state === "running" || kept.progress.state === "reading") {
      meter.rest(kept.progress.task === "import" ? "paused" : kept.progress.task === "plan" ? "prepared" : "done");
    }
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

  function assertNoneRuns(): void {
    if (opening || [...sessions.values()].some(({ halt }) => halt !== null)) {
      throw new ShelfmatchError(
        "IMPORT_RUNNING",
        "An import is running. Wait until it is done, pause it, or cancel it.",
      );
    }
  }

  const nameOf = (source: ImportSource) => (source.kind === "path" ? basename(resolve(source.path)) : source.name);

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
  const reopen = ({ kept }: Session) => openSource(kept.source, limits.uploadBytes);

  function readBy(session: Session, { columns, options: said }: ImportReading): void {
    session.kept.columns = columns === undefined ? null : [...columns];
    session.kept.options = said;
    session.kept.surveyed = null;
    session.kept.dealt = 0;
  }

  function fetcherFor({ kept }: Session): PictureFetcher | null {
    const settings = web();
    if (!kept.options.picturesFromWeb || !settings.picturesFromWeb) return null;
    return createFetcher({
      limits: {
        ...{ bytes: settings.webPictureBytes, totalMs: settings.webPictureMs, perHost: settings.webPerHost },
        ...{ redirects: WEB_REDIRECTS, tries: WEB_TRIES },
      },
    });
  }

  /** Sets a task going; `session.ended` resolves when it rests again. */
  function launch(session: Session, task: TaskParts["task"], opened: OpenedSource): ImportProgress {
    const { meter } = session;
    const { importId } = meter;
    const halt = { cancel: new AbortController(), pause: new AbortController() };
    session.halt = halt;
    const run = async () => {
      const fetcher = fetcherFor(session);
      const resting = await runTask({
        ...{ task, opened, session, store, catalog, indexer, limits, fetcher, own, log },
        ...{ signal: halt.cancel.signal, pause: halt.pause.signal, save: () => save(session) },
      });
      // Before anybody hears of the end: who waits for it may look for what was left.
      try {
        await fetcher?.close();
        await opened.close();
        const needed = resting[0] === "paused" || resting[0] === "planned" || resting[0] === "prepared";
        const { source } = session.kept;
        if (!needed && store.badCounts(importId).rows === 0 && source.kind === "upload") {
          await rm(source.folder, { recursive: true, force: true });
        }
      } catch (error) {
        log("warn", `What the import left could not be removed: ${String(error)}`, { importId });
      }
      meter.badRows(store.badCounts(importId).rows);
      session.halt = null;
      meter.rest(...resting);
      save(session);
      const { state, products, images, unchanged, failedCount, seconds, error } = meter.snapshot();
      const data = { importId, products, images, unchanged, failedCount, seconds, error };
      const what = task.kind === "plan" ? "Dry run of an import" : "Import";
      log(state === "failed" ? "error" : "info", `${what} ${state}`, data);
    };
    session.ended = run();
    return meter.snapshot();
  }

  /** Reopens a session's source and sets a task going. */
  async function goOn(importId: string, task: (session: Session) => TaskParts["task"]): Promise<ImportProgress> {
    assertNoneRuns();
    const session = find(importId);
    opening = true;
    try {
      return launch(session, task(session), await reopen(session));
    } finally {
      opening = false;
    }
  }

  const previewing = (session: Session, opened: OpenedSource, said: (ImportReading & { strict?: boolean }) | null) =>
    previewOf({
      ...{ opened, importId: session.meter.importId, source: nameOf(session.kept.source), said },
      ...{ remembered: said === null && opened.table !== null ? store.mappingOf(opened.table.columns) : null },
      ...{ webAllowed: web().picturesFromWeb, vectors: describeVectors(opened.table?.vectors ?? null, own) },
    });

  return {
    async start(source) {
      assertNoneRuns();
      opening = true;
      try {
        return await take(source, async (session, opened) => {
          const { table } = opened;
          // What can't be imported by its headings is refused before anything is kept of it.
          if (table !== null) {
            try {
              await previewing(session, opened, { options: DEFAULT_OPTIONS, strict: true });
            } catch (error) {
              await opened.close();
              const { source: own_ } = session.kept;
              if (source.kind === "upload" && own_.kind === "upload") await rename(own_.folder, source.folder);
              await forget(session.meter.importId);
              throw error;
            }
          }
          return launch(session, { kind: "import", resumed: false }, opened);
        });
      } finally {
        opening = false;
      }
    },
    prepare: (source) =>
      take(source, async (session, opened) => {
        try {
          return await previewing(session, opened, null);
        } finally {
          await opened.close();
        }
      }),
    async preview(importId, said) {
      const session = find(importId);
      const opened = await reopen(session);
      try {
        return await previewing(session, opened, said);
      } finally {
        await opened.close();
      }
    },
    plan: (importId, said) =>
      goOn(importId, (session) => {
        assertState(session, ["prepared", "planned", "cancelled", "failed"]);
        readBy(session, said);
        return { kind: "plan" };
      }),
    planned(importId, { kind, page, pageSize }) {
      find(importId);
      const counts = store.plannedCounts(importId);
      const all = counts.added + counts.changed + counts.unchanged + counts.bad;
      return { total: kind === undefined ? all : counts[kind], items: store.planned(importId, kind, page, pageSize) };
    },
    begin: (importId, said) =>
      goOn(importId, (session) => {
        assertState(session, ["prepared", "planned", "cancelled", "failed"]);
        readBy(session, said);
        return { kind: "import", resumed: false };
      }),
    async pause(importId) {
      const session = find(importId);
      session.halt?.pause.abort(new ShelfmatchError("CANCELLED", "The import was paused."));
      // A dry run and corrected rows are short, and have nothing to go on from.
      if (session.halt !== null && session.meter.snapshot().task !== "import") session.halt.cancel.abort();
      await session.ended;
      return session.meter.snapshot();
    },
    resume: (importId) =>
      goOn(importId, (session) => {
        assertState(session, ["paused"]);
        return { kind: "import", resumed: true };
      }),
    badRows(importId, { page, pageSize }) {
      const mapping = createMapping(find(importId).kept.columns);
      const found = store.bad(importId, page, pageSize);
      const columns = [...new Set(found.flatMap(({ columns: own_ }) => own_ ?? []))];
      const items = found.map((row) => toBadImportRow(row, mapping));
      return { total: store.badCounts(importId).rows, columns, items };
    },
    badRowsFile(importId) {
      const { kept } = find(importId);
      const stem = nameOf(kept.source).replace(/\.[^.]+$/, "");
      return { name: `${stem} - bad rows.csv`, pieces: badRowsCsv(store, importId) };
    },
    retry: (importId, rows) =>
      goOn(importId, (session) => {
        assertState(session, ["done"]);
        const asked = rows ?? store.badNumbers(importId).map((row) => ({ row, cells: {} }));
        return { kind: "retry", rows: asked };
      }),
    async *watch(importId, signal) {
      const { meter } = find(importId);
      for (;;) {
        const { version } = meter;
        const resting = meter.isResting;
        yield meter.snapshot();
        if (resting) return;
        for (let waited = 0; waited < QUIET_EVENT_MS; waited += EVENT_MS) {
          if (signal?.aborted) return;
          await sleep(EVENT_MS);
          if (meter.version !== version || meter.isResting) break;
        }
      }
    },
    async cancel(importId) {
      const session = find(importId);
      session.halt?.cancel.abort(new ShelfmatchError("CANCELLED", "The import was cancelled; what went in stays."));
      await session.ended;
      const { meter } = session;
      if (["prepared", "planned", "paused"].includes(meter.state)) {
        meter.rest("cancelled");
        save(session);
        const { source } = session.kept;
        if (source.kind === "upload") await rm(source.folder, { recursive: true, force: true });
      }
      return meter.snapshot();
    },
    async discard(importId) {
      const session = find(importId);
      if (session.halt !== null) assertNoneRuns();
      await forget(importId);
    },
    list: () => [...sessions.values()].map(({ meter }) => meter.snapshot()).reverse(),
    async close() {
      if (closed) return;
      closed = true;
      for (const { halt, meter } of sessions.values()) {
        halt?.pause.abort(new ShelfmatchError("CANCELLED", "The engine is closing."));
        if (meter.snapshot().task !== "import") halt?.cancel.abort();
      }
      await Promise.all([...sessions.values()].map(({ ended }) => ended));
      store.close();
    },
  };
}

function assertState({ meter }: Session, allowed: readonly ImportProgress["state"][]): void {
  const { state } = meter;
  if (allowed.includes(state)) return;
  throw new ShelfmatchError(
    "INVALID_INPUT",
    `The import is ${state}, and that can only be done with one that is ${allowed.join(" or ")}. Look at where it stands, or start a new one.`,
    { details: { importId: meter.importId, state } },
  );
}

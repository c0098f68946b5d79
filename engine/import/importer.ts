import { rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { ImportProgress } from "../../shared/contract/imports.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Indexer } from "../services.ts";
import { badRowsCsv, toBadImportRow } from "./bad-rows.ts";
import { createMapping, DEFAULT_OPTIONS } from "./mapping.ts";
import type { Importer, ImportReading } from "./port.ts";
import { previewOf } from "./preview.ts";
import { assertState, createSessions, nameOf, type Session } from "./sessions.ts";
import type { OpenedSource } from "./source.ts";
import { openImportStore } from "./store.ts";
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

/** Events a second, at most. */
const EVENT_MS = 100;
/** Without a change, so that the seconds go on. */
const QUIET_EVENT_MS = 1_000;
const WEB_REDIRECTS = 5;
const WEB_TRIES = 3;

/** Runs imports, one at a time: two at once would only share the same encoder, and could name the same SKU. */
export function createImporter(options: ImporterOptions): Importer {
  const { catalog, indexer, limits, folder, web, log, createFetcher = createPictureFetcher } = options;
  const own = options.vectors ?? null;
  const store = openImportStore(folder, options.onNotice);
  const { sessions, find, save, take, forget, reopen } = createSessions({ store, folder, limits, own });
  let opening = false;
  let closed = false;

  function assertNoneRuns(): void {
    if (opening || [...sessions.values()].some(({ halt }) => halt !== null)) {
      throw new ShelfmatchError(
        "IMPORT_RUNNING",
        "An import is running. Wait until it is done, pause it, or cancel it.",
      );
    }
  }

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

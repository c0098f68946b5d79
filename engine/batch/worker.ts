import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { Level } from "../../shared/contract/journal.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { isServiceError, ShelfmatchError } from "../../shared/errors.ts";
import type { Journal } from "../journal/port.ts";
import type { Matcher } from "../services.ts";
import { type PictureFolder, readPicture } from "./pictures.ts";
import type { StoredItem } from "./rows.ts";
import type { BatchStore } from "./store.ts";

/**
 * Matches what is waiting, a few pictures at a time, behind everything that somebody waits for.
 *
 * An item is claimed with its run's id before its match begins. Where the engine dies in between, the journal has the run
 * or has not: the next start takes its answer from there, or asks again under the same id. So nothing is matched twice,
 * and nothing is left out.
 */

interface WorkerOptions {
  store: BatchStore;
  pictures: PictureFolder;
  matcher: Pick<Matcher, "match">;
  journal: Pick<Journal, "run">;
  config(): Config;
  /** Pictures at work at once. */
  atOnce: number;
  /** Something is to be told of the batch. */
  changed(id: string): void;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

/** Candidates that are kept of an answer: what a person chooses among. */
const KEPT = 8;
/** While a service is away, in ms; twice as long each time. */
const WAIT_MS = { first: 1_000, longest: 30_000 };
/** How long an end waits for the pictures that are at work, in ms, before it breaks them off. */
const END_MS = 4_000;
/** Pictures that the pace is measured on. */
const PACED = 40;

export function createBatchWorker(options: WorkerOptions) {
  const { store, pictures, matcher, journal, config, atOnce, changed, log } = options;
  const stopped = new AbortController();
  const broken = new AbortController();
  const working = new Set<Promise<void>>();
  const ends = new Map<string, number[]>();
  let turn = 0;
  let waitMs = 0;
  let resting: Promise<void> | null = null;

  /** Batches take turns: a picture that has just come into a watched folder does not wait for ten thousand others. */
  function claim(): StoredItem | null {
    const batches = store.waiting();
    for (let tried = 0; tried < batches.length; tried++) {
      const id = batches[turn++ % batches.length];
      const item = id === undefined ? null : store.claim(id, randomUUID());
      if (item !== null) return item;
    }
    return null;
  }

  async function ask(item: StoredItem, bytes: Uint8Array): Promise<MatchResult> {
    const { file, runId } = item;
    let last: MatchResult | null = null;
    const request = { picture: { name: file, bytes }, top: KEPT, priority: "bulk" as const };
    const asked = { ...request, ...(runId === null ? {} : { runId }) };
    for await (const answer of matcher.match(asked, broken.signal)) last = answer;
    if (last === null) throw new Error("The matcher ended without an answer.");
    return last;
  }

  async function match(item: StoredItem): Promise<void> {
    const folder = store.find(item.batch)?.folder ?? "";
    const path = item.stored === null ? join(folder, ...item.file.split("/")) : pictures.path(item.batch, item.stored);
    const bytes = await readPicture(path, item.file, config().limits);
    const same = store.identify(item, createHash("sha256").update(bytes).digest("hex"));
    if (same === null) store.finish(item, await ask(item, bytes));
    else store.skip(item, same);
  }

  function rest(item: StoredItem, { code, message }: ShelfmatchError): void {
    store.unclaim(item);
    waitMs = Math.min(WAIT_MS.longest, Math.max(WAIT_MS.first, 2 * waitMs));
    if (store.find(item.batch)?.problem?.code !== code) {
      log("warn", `A batch waits: ${message}`, { batch: item.batch, code });
      store.change(item.batch, { problem: { code, message } });
    }
    resting ??= sleep(waitMs, undefined, { signal: stopped.signal, ref: false })
      .catch(() => undefined)
      .finally(() => {
        resting = null;
        pump();
      });
  }

  function failed(item: StoredItem, error: unknown): void {
    const known = error instanceof ShelfmatchError ? error : null;
    const away = known !== null && (isServiceError(error) || known.code === "BUSY");
    if (broken.signal.aborted) store.unclaim(item);
    // What is away comes back, and every picture after this one would fail by it just as well.
    else if (away) rest(item, known);
    else if (known !== null) store.fail(item, { code: known.code, message: known.message });
    else {
      const stack = error instanceof Error ? error.stack : String(error);
      log("error", `Matching ${item.file} failed`, { batch: item.batch, item: item.item, stack });
      const message = `${item.file} could not be matched by an error of the app. The journal has the details.`;
      store.fail(item, { code: "INTERNAL", message });
    }
  }

  function went(id: string): void {
    waitMs = 0;
    const times = [...(ends.get(id) ?? []), performance.now()].slice(-PACED);
    ends.set(id, times);
    const problem = store.find(id)?.problem ?? null;
    // A folder that can't be read is told until it can be.
    if (problem !== null && !problem.code.startsWith("FILE_")) store.change(id, { problem: null });
  }

  async function work(item: StoredItem): Promise<void> {
    try {
      await match(item);
      went(item.batch);
    } catch (error) {
      failed(item, error);
    } finally {
      changed(item.batch);
    }
  }

  function pump(): void {
    while (working.size < atOnce && !stopped.signal.aborted && resting === null) {
      const item = claim();
      if (item === null) return;
      const one: Promise<void> = work(item)
        .catch((error: unknown) => {
          // The file of batches itself can't be written: going on would match the same ones again and again.
          log("error", `Batches stopped: ${String(error)}`, { batch: item.batch });
          stopped.abort();
        })
        .finally(() => {
          working.delete(one);
          pump();
        });
      working.add(one);
    }
  }

  /** Items that were at work when the engine ended: answered ones take their answer from the journal. */
  async function adopt(): Promise<void> {
    for (const item of store.interrupted()) {
      const run = item.runId === null ? null : await journal.run(item.runId).catch(() => null);
      const complete = run?.result?.stage === "refined" || run?.result?.stage === "described";
      if (run?.result != null && run.error === null && complete) store.finish(item, run.result);
      else store.unclaim(item);
      changed(item.batch);
    }
  }

  return {
    /** Takes up what an earlier engine left, then goes on by itself. */
    async start(): Promise<void> {
      await adopt();
      pump();
    },
    /** There may be something to match. */
    nudge: pump,
    /** Pictures a second of late; null where too few were matched since the start. */
    pace(id: string): number | null {
      const times = ends.get(id) ?? [];
      const [first] = times;
      if (first === undefined || times.length < 3) return null;
      return ((times.length - 1) / Math.max(1, performance.now() - first)) * 1000;
    },
    /** Lets what is at work end; breaks it off where that takes long. What is broken off is matched after the next start. */
    async close(): Promise<void> {
      stopped.abort();
      const patience = sleep(END_MS, undefined, { ref: false }).then(() => broken.abort());
      while (working.size > 0) await Promise.race([Promise.all(working), patience.then(() => Promise.all(working))]);
    },
  };
}

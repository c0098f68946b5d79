import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "mongodb";
import type { Config } from "../../../shared/config.ts";
import type {
  FollowFilter,
  JournalEntry,
  JournalFilter,
  JournalQuery,
  JournalUsage,
  ProblemQuery,
  ProblemState,
  Run,
} from "../../../shared/contract/journal.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { type ErrorCode, ShelfmatchError } from "../../../shared/errors.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { ensureExpiry, ensureShape } from "../../lib/mongo/shape.ts";
import { shareMongo } from "../../lib/mongo/shared.ts";
import { SQLITE, sqliteResult } from "../../lib/sqlite.ts";
import { Followers } from "../followers.ts";
import { keptForm } from "../kept-photo.ts";
import { levelRank } from "../line.ts";
import { LineQueue } from "../line-queue.ts";
import type { Journal, JournalHealth, LogLine, Pruned, QueryPhoto } from "../port.ts";
import { Analysis } from "./analysis.ts";
import { Delivery } from "./delivery.ts";
import { lineExtent } from "./line-hours.ts";
import { boundOf, components, fittingLines, pruneOld, pruneThrough } from "./lines.ts";
import { OUTBOX_BOUNDS, Outbox, type OutboxBounds } from "./outbox.ts";
import { photoGone, readPhoto } from "./photos.ts";
import { allMarks, listProblems, runsOfProblem, writeMark } from "./problems.ts";
import { listRuns, photoHash, pruneRuns, readRun, runNotFound, writeFeedback } from "./runs.ts";
import { listLines } from "./search.ts";
import { expiries, JOURNAL_SHAPE } from "./shape.ts";
import { linesOverview, pruneSums, runFigures } from "./sums.ts";
import { Tail } from "./tail.ts";
import { usageOf } from "./usage.ts";

const DAY_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** When indexes begin to be made where nobody has asked for them: an app that was just opened has other things to do. */
const INDEX_AFTER_MS = 20_000;
/** How long a reader waits for what is still on its way, and closing for what has not left. */
const SETTLE_MS = 5_000;
const AWAY: ReadonlySet<ErrorCode> = new Set(["SERVICE_UNAVAILABLE", "TIMEOUT", "SERVICE_DENIED"]);

interface MongoJournalOptions {
  /** With the same settings, catalogue and journal share one client. */
  mongo: Config["mongo"];
  /** Holds `journal-outbox.sqlite`; made where it is missing. */
  folder: string;
  settings: Config["journal"];
  /** Told, in a sentence for the user, of what can't be written into the journal itself. */
  onNotice: (message: string) => void;
  /** What may wait while the server is away. */
  bounds?: OutboxBounds;
}

/**
 * The journal in MongoDB. Several engines may share one. What is written goes into a file of the data folder at once and
 * to the server behind the caller's back: a server that is away delays the journal, and nothing else.
 */
class MongoJournal implements Journal {
  readonly #mongo: MongoConnection;
  readonly #outbox: Outbox;
  readonly #queue: LineQueue;
  readonly #delivery: Delivery;
  readonly #tail: Tail;
  readonly #analysis: Analysis;
  readonly #followers = new Followers();
  readonly #onNotice: (message: string) => void;
  readonly #pruning: NodeJS.Timeout;
  readonly #indexing: NodeJS.Timeout;
  #settings: Config["journal"];
  #preparing: Promise<void> | null = null;
  #closed = false;

  constructor({ mongo, folder, settings, onNotice, bounds = OUTBOX_BOUNDS }: MongoJournalOptions) {
    mkdirSync(folder, { recursive: true });
    const notices: string[] = [];
    this.#onNotice = onNotice;
    this.#settings = settings;
    this.#outbox = new Outbox(join(folder, "journal-outbox.sqlite"), bounds, (message) => notices.push(message));
    this.#mongo = shareMongo(mongo);
    const ready = () => this.#ready();
    const publish = (entries: readonly JournalEntry[]) => this.#followers.publish(entries);
    const warn = (message: string, data: Record<string, unknown>) => this.#warn(message, data);
    this.#delivery = new Delivery({ mongo: this.#mongo, outbox: this.#outbox, ready, publish, warn });
    this.#tail = new Tail({ mongo: this.#mongo, origin: this.#outbox.origin, ready, publish });
    this.#analysis = new Analysis({ mongo: this.#mongo, ready });
    this.#indexing = setTimeout(() => this.#analysis.begin(), INDEX_AFTER_MS);
    this.#indexing.unref();
    this.#queue = new LineQueue((batch) => {
      this.#outbox.addLines(batch);
      this.#delivery.nudge();
    }, onNotice);
    for (const message of notices) this.#warn(message);
    this.#delivery.nudge();
    this.#pruning = setInterval(() => this.#pruneQuietly(), PRUNE_EVERY_MS);
    this.#pruning.unref();
  }

  #warn(message: string, data: Record<string, unknown> | null = null): void {
    this.#onNotice(message);
    this.log({ time: Date.now(), level: "warn", component: "journal", runId: null, message, data });
  }

  /** The collections, and what the server removes by itself: once, and again when the settings change. */
  #ready(): Promise<void> {
    if (this.#preparing === null) {
      const attempt = this.#mongo.call("prepare the journal's collections", async (db) => {
        await ensureShape(db, JOURNAL_SHAPE, this.#mongo.address);
        for (const { collection, field, seconds } of expiries(this.#settings)) {
          await ensureExpiry(db, collection, field, seconds);
        }
      });
      this.#preparing = attempt;
      attempt.catch(() => {
        if (this.#preparing === attempt) this.#preparing = null;
      });
    }
    return this.#preparing;
  }

  log(line: LogLine): void {
    if (this.#closed || levelRank(line.level) < levelRank(this.#settings.level)) return;
    this.#queue.push(line);
  }

  async recordRun(run: Run, photo: QueryPhoto | null): Promise<void> {
    let kept: QueryPhoto | null = null;
    try {
      kept = photo === null ? null : await keptForm(photo, this.#settings.queryPhotos);
    } catch (error) {
      this.#warn(`The query photo of run ${run.runId} could not be kept: ${String(error)}`);
    }
    this.#storing(() => this.#outbox.addRun(run, kept));
  }

  #storing(write: () => void): void {
    try {
      write();
    } catch (cause) {
      const full = sqliteResult(cause) === SQLITE.full;
      if (!full) throw cause;
      throw new ShelfmatchError("DISK_FULL", "The journal can't be written: the disk is full. Make room, then retry.", {
        cause,
      });
    }
    this.#delivery.nudge();
  }

  async addFeedback(runId: string, feedback: Run["feedback"]): Promise<void> {
    await this.#settle();
    // Its run has not left yet: what is said of it goes the same way, behind it.
    if (this.#outbox.hasRun(runId)) return this.#storing(() => this.#outbox.addFeedback({ runId, feedback }));
    const found = await this.#call("keep feedback", (db) => writeFeedback(db, { runId, feedback }));
    if (!found) throw runNotFound(runId);
  }

  /** One call, after what was written here before it has arrived. */
  async #call<T>(what: string, work: (db: Db) => Promise<T>): Promise<T> {
    const failure = await this.#settle();
    // The call would only find the same out once more.
    if (failure !== null && AWAY.has(failure.code)) throw failure;
    await this.#ready();
    return this.#mongo.call(what, work, { retries: 1 });
  }

  /** Waits a while for what is on its way. @returns why it did not arrive; null where it did, or is still on its way */
  async #settle(): Promise<ShelfmatchError | null> {
    this.#queue.flush();
    const waited = new AbortController();
    const limit = sleep(SETTLE_MS, null, { signal: waited.signal, ref: false }).catch(() => null);
    const arrived = this.#delivery.drain().then(
      () => null,
      () => this.#delivery.failure,
    );
    const failure = await Promise.race([arrived, limit]);
    waited.abort();
    return failure;
  }

  list(query: JournalQuery) {
    return this.#call("list log lines", async (db) => {
      const [entries, names] = await Promise.all([listLines(db, query, this.#analysis.made), components(db)]);
      return { entries, components: names };
    });
  }

  /** One call that needs indexes and sums; where they are still being made, it waits for the first of them. */
  async #analyse<T>(what: string, work: (db: Db) => Promise<T>): Promise<T> {
    const failure = await this.#settle();
    if (failure !== null && AWAY.has(failure.code)) throw failure;
    await this.#analysis.prepare();
    return this.#mongo.call(what, work, { retries: 1 });
  }

  overview(filter: JournalFilter, points: number) {
    return this.#analyse("count log lines", async (db) => {
      const [overview, indexed] = await Promise.all([linesOverview(db, filter, points), this.#analysis.indexed(db)]);
      return { ...overview, indexed };
    });
  }

  problems(query: ProblemQuery, points: number) {
    return this.#analyse("group problems", async (db) => {
      const extent = await lineExtent(db);
      return extent === null ? [] : listProblems(db, query, points, extent);
    });
  }

  problemRuns(fingerprint: string) {
    return this.#analyse("list a problem's runs", (db) => runsOfProblem(db, fingerprint));
  }

  mark(fingerprint: string, state: ProblemState | null, note: string | null, time?: number): Promise<void> {
    return this.#analyse("mark a problem", (db) => writeMark(db, fingerprint, state, note, time ?? Date.now()));
  }

  marks() {
    return this.#call("read marks", allMarks);
  }

  figures(range: { since: string; until: string }, points: number) {
    return this.#analyse("sum runs", (db) => runFigures(db, range, points));
  }

  usage(): Promise<JournalUsage> {
    return this.#analyse("measure the journal", async (db) => ({
      ...(await usageOf(db)),
      indexed: await this.#analysis.indexed(db),
    }));
  }

  follow(filter: FollowFilter, signal: AbortSignal) {
    const lines = this.#followers.follow(filter, signal);
    const release = this.#tail.use();
    signal.addEventListener("abort", release, { once: true });
    if (signal.aborted) release();
    return (async function* () {
      try {
        yield* lines;
      } finally {
        signal.removeEventListener("abort", release);
        release();
      }
    })();
  }

  runs(query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number }): Promise<Run[]> {
    const onBad = (error: unknown) => this.#warn(error instanceof Error ? error.message : String(error));
    return this.#call("list runs", (db) => listRuns(db, query, onBad));
  }

  run(runId: string): Promise<Run> {
    return this.#call("read a run", (db) => readRun(db, runId));
  }

  photo(runId: string): Promise<QueryPhoto> {
    return this.#call("read a query photo", async (db) => {
      const hash = await photoHash(db, runId);
      const photo = hash === null ? null : await readPhoto(db, hash);
      if (photo === null) throw photoGone(runId);
      return photo;
    });
  }

  applySettings(settings: Config["journal"]): void {
    this.#settings = settings;
    this.#preparing = null;
    this.#ready().catch(() => undefined);
  }

  async flush(): Promise<void> {
    await this.#settle();
  }

  async prune(now: number, before = Number.MIN_SAFE_INTEGER): Promise<Pruned> {
    const { retentionDays, queryPhotoDays, maxEntries, maxMegabytes } = this.#settings;
    const runsBefore = new Date(Math.max(before, now - retentionDays * DAY_MS));
    const photosBefore = new Date(Math.max(before, now - queryPhotoDays * DAY_MS));
    const what = "remove old log lines";
    const fitting = await this.#call(what, (db) => fittingLines(db, maxMegabytes * 1_000_000));
    const bound = await this.#call(what, (db) => boundOf(db, Math.min(maxEntries, fitting)));
    const old = await this.#inSteps((db) => pruneOld(db, runsBefore));
    const extra = bound === null ? 0 : await this.#inSteps((db) => pruneThrough(db, bound));
    const runs = await this.#call("remove old runs", (db) => pruneRuns(db, runsBefore, photosBefore));
    if (this.#analysis.made) await this.#call(what, (db) => pruneSums(db, runsBefore, bound));
    return { lines: old + extra, ...runs };
  }

  async #inSteps(step: (db: Db) => Promise<{ removed: number; more: boolean }>): Promise<number> {
    let removed = 0;
    for (;;) {
      const done = await this.#call("remove old log lines", step);
      removed += done.removed;
      if (!done.more) return removed;
    }
  }

  #pruneQuietly(): void {
    this.prune(Date.now()).catch((error: unknown) => {
      if (!this.#closed) this.#warn(`Old journal entries stay: ${String(error)}`);
    });
  }

  async health(): Promise<JournalHealth> {
    const { failure, remote } = await this.#mongo.health();
    const waiting = this.#outbox.held.entries;
    const kept = `${waiting} entries wait on this machine and are sent when it is back.`;
    const lost = this.#queue.failure;
    if (lost !== null) return { state: "degraded", detail: `Log lines are being lost: ${lost}`, remote };
    // The journal goes on without its server: what is read from it is what is missing.
    const trouble = failure ?? this.#delivery.failure;
    if (trouble !== null) return { state: "degraded", detail: `${trouble.message} Meanwhile ${kept}`, remote };
    return { state: "ready", detail: `MongoDB at ${this.#mongo.address}`, remote };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#queue.flush();
    // What can't leave now waits in its file for the next start.
    if (this.#delivery.failure === null) await this.#settle();
    this.#closed = true;
    clearInterval(this.#pruning);
    clearTimeout(this.#indexing);
    this.#followers.close();
    await this.#analysis.close();
    await this.#tail.close();
    await this.#delivery.close();
    this.#outbox.close();
    await this.#mongo.close();
  }
}

/** Opens the journal; resolves also where the server can't be reached, and is never kept waiting by it. */
export async function openMongoJournal(options: MongoJournalOptions): Promise<Journal> {
  return new MongoJournal(options);
}

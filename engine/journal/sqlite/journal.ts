import { mkdirSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Config } from "../../../shared/config.ts";
import type {
  FollowFilter,
  JournalFilter,
  JournalQuery,
  JournalUsage,
  ProblemQuery,
  ProblemState,
  Run,
} from "../../../shared/contract/journal.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { SQLITE, sqliteResult } from "../../lib/sqlite.ts";
import { Followers } from "../followers.ts";
import { levelRank } from "../line.ts";
import { LineQueue } from "../line-queue.ts";
import { openDatabase } from "../open-database.ts";
import type { Journal, JournalHealth, LogLine, Pruned, QueryPhoto } from "../port.ts";
import { LineStore } from "./lines.ts";
import { Marks } from "./marks.ts";
import { PhotoFiles } from "./photos.ts";
import { ReaderClient } from "./reader-client.ts";
import { RunStore } from "./runs.ts";
import { MIGRATIONS } from "./schema.ts";

const DAY_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** When the index begins to be made where nobody has asked for it: an app that was just opened has other things to do. */
const INDEX_AFTER_MS = 20_000;

export interface SqliteJournalOptions {
  /** Holds `journal.sqlite` and `query-photos/`; made where it is missing. */
  folder: string;
  settings: Config["journal"];
  /** Told, in a sentence for the user, of what can't be written into the journal itself. */
  onNotice: (message: string) => void;
}

export interface SqliteJournal extends Journal {
  /** Level, retention and photo settings, from now on. */
  applySettings(settings: Config["journal"]): void;
}

class SqliteJournalImpl implements SqliteJournal {
  readonly #db: DatabaseSync;
  readonly #lines: LineStore;
  readonly #runs: RunStore;
  readonly #photos: PhotoFiles;
  readonly #followers = new Followers();
  readonly #onNotice: (message: string) => void;
  readonly #pruning: NodeJS.Timeout;
  readonly #indexing: NodeJS.Timeout;
  readonly #marks: Marks;
  readonly #reader: ReaderClient;
  readonly #folder: string;
  #settings: Config["journal"];
  readonly #queue: LineQueue;
  #closed = false;

  constructor(options: SqliteJournalOptions) {
    mkdirSync(options.folder, { recursive: true });
    const notices: string[] = [];
    this.#onNotice = options.onNotice;
    this.#settings = options.settings;
    this.#db = openDatabase(join(options.folder, "journal.sqlite"), {
      what: "The journal",
      migrations: MIGRATIONS,
      onNotice: (message) => notices.push(message),
    });
    this.#lines = new LineStore(this.#db);
    this.#runs = new RunStore(this.#db);
    this.#folder = options.folder;
    this.#photos = new PhotoFiles(join(options.folder, "query-photos"));
    this.#marks = new Marks(this.#db);
    this.#reader = new ReaderClient(options.folder);
    this.#queue = new LineQueue((batch) => {
      this.#followers.publish(this.#lines.write(batch));
      this.#reader.written();
    }, this.#onNotice);
    this.#indexing = setTimeout(() => this.#reader.start(), INDEX_AFTER_MS);
    this.#indexing.unref();
    for (const message of notices) this.#warn(message);
    this.#pruning = setInterval(() => {
      this.prune(Date.now()).catch((error: unknown) => this.#warn(`Old journal entries stay: ${String(error)}`));
    }, PRUNE_EVERY_MS);
    this.#pruning.unref();
  }

  #warn(message: string): void {
    this.#onNotice(message);
    this.log({ time: Date.now(), level: "warn", component: "journal", runId: null, message, data: null });
  }

  log(line: LogLine): void {
    if (this.#closed || levelRank(line.level) < levelRank(this.#settings.level)) return;
    this.#queue.push(line);
  }

  async recordRun(run: Run, photo: QueryPhoto | null): Promise<void> {
    let kept = null;
    try {
      kept = photo === null ? null : await this.#photos.keep(photo, this.#settings.queryPhotos);
    } catch (error) {
      this.#warn(`The query photo of run ${run.runId} could not be kept: ${String(error)}`);
    }
    this.#storing(() => this.#runs.write(run, kept));
  }

  #storing<T>(write: () => T): T {
    try {
      return write();
    } catch (cause) {
      const full = sqliteResult(cause) === SQLITE.full;
      if (!full) throw cause;
      throw new ShelfmatchError("DISK_FULL", "The journal can't be written: the disk is full. Make room, then retry.", {
        cause,
      });
    }
  }

  async addFeedback(runId: string, feedback: Run["feedback"]): Promise<void> {
    this.#storing(() => this.#runs.addFeedback(runId, feedback));
  }

  async list(query: JournalQuery) {
    this.#queue.flush();
    return this.#reader.ask("list", query);
  }

  async overview(filter: JournalFilter, points: number) {
    this.#queue.flush();
    return this.#reader.ask("overview", { filter, points });
  }

  async problems(query: ProblemQuery, points: number) {
    this.#queue.flush();
    return this.#reader.ask("problems", { query, points });
  }

  async problemRuns(fingerprint: string) {
    this.#queue.flush();
    return this.#reader.ask("problemRuns", fingerprint);
  }

  async mark(fingerprint: string, state: ProblemState | null, note: string | null, time?: number): Promise<void> {
    // Lines that were logged before it are not seen "since".
    this.#queue.flush();
    this.#storing(() => this.#marks.write(fingerprint, state, note, time ?? Date.now()));
  }

  async marks() {
    return this.#marks.all();
  }

  async figures({ since, until }: { since: string; until: string }, points: number) {
    this.#queue.flush();
    return this.#reader.ask("figures", { range: { from: Date.parse(since), to: Date.parse(until) }, points });
  }

  async usage(): Promise<JournalUsage> {
    this.#queue.flush();
    const [held, photos] = await Promise.all([
      this.#reader.ask("usage", undefined),
      sizeOf(join(this.#folder, "query-photos")),
    ]);
    return { ...held, photos: photos.files, photoBytes: photos.bytes };
  }

  follow(filter: FollowFilter, signal: AbortSignal) {
    return this.#followers.follow(filter, signal);
  }

  async runs(query: { verdict?: Verdict | undefined; before?: string | undefined; limit: number }): Promise<Run[]> {
    return this.#runs.list(query, (error) => this.#warn(error instanceof Error ? error.message : String(error)));
  }

  async run(runId: string): Promise<Run> {
    return this.#runs.get(runId);
  }

  async photo(runId: string): Promise<QueryPhoto> {
    const ref = this.#runs.photo(runId);
    const photo = ref === null ? null : await this.#photos.read(ref);
    if (photo !== null) return photo;
    const message = `The photo of run ${runId} was not kept, or not any longer. Settings, "query photos" decides that.`;
    throw new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { runId } });
  }

  async flush(): Promise<void> {
    this.#queue.flush();
  }

  async prune(now: number, before = Number.MIN_SAFE_INTEGER): Promise<Pruned> {
    this.#queue.flush();
    const { retentionDays, queryPhotoDays, maxEntries, maxMegabytes } = this.#settings;
    const runsBefore = Math.max(before, now - retentionDays * DAY_MS);
    const most = Math.min(maxEntries, this.#lines.fitting(maxMegabytes * 1_000_000));
    const { lines, through } = await this.#lines.prune(runsBefore, most);
    const { runs, orphans } = this.#runs.prune(runsBefore, Math.max(before, now - queryPhotoDays * DAY_MS));
    for (const hash of orphans) await this.#photos.remove(hash);
    if (lines > 0 && this.#reader.running) await this.#reader.ask("prune", { before: runsBefore, through });
    return { lines, runs, photos: orphans.length };
  }

  async health(): Promise<JournalHealth> {
    try {
      this.#db.prepare("SELECT 1 FROM lines LIMIT 1").get();
    } catch (error) {
      return { state: "down", detail: `The journal's file can't be read: ${String(error)}` };
    }
    const { failure } = this.#queue;
    if (failure !== null) return { state: "degraded", detail: `Log lines are being lost: ${failure}` };
    return { state: "ready", detail: "SQLite file in the data folder" };
  }

  applySettings(settings: Config["journal"]): void {
    this.#settings = settings;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#queue.flush();
    this.#closed = true;
    clearInterval(this.#pruning);
    clearTimeout(this.#indexing);
    this.#followers.close();
    await this.#reader.close();
    this.#db.close();
  }
}

/** Files below a folder and their bytes; none where it is missing. */
async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() !== true) continue;
    sum.files += 1;
    sum.bytes += found.size;
  }
  return sum;
}

/** Opens the journal of a data folder. A corrupt file is set aside and said, never written over. */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const journal = new SqliteJournalImpl(options);
  await journal.prune(Date.now());
  return journal;
}

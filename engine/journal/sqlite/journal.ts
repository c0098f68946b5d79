import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Config } from "../../../shared/config.ts";
import type { JournalQuery, Run } from "../../../shared/contract/journal.ts";
import type { Verdict } from "../../../shared/contract/match.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { SQLITE, sqliteResult } from "../../lib/sqlite.ts";
import { Followers } from "../followers.ts";
import { levelRank } from "../line.ts";
import { LineQueue } from "../line-queue.ts";
import { openDatabase } from "../open-database.ts";
import type { Journal, JournalHealth, LogLine, QueryPhoto } from "../port.ts";
import { LineStore } from "./lines.ts";
import { PhotoFiles } from "./photos.ts";
import { RunStore } from "./runs.ts";
import { MIGRATIONS } from "./schema.ts";

const DAY_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;

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
    this.#photos = new PhotoFiles(join(options.folder, "query-photos"));
    this.#queue = new LineQueue((batch) => this.#followers.publish(this.#lines.write(batch)), this.#onNotice);
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
    return { entries: this.#lines.list(query), components: this.#lines.components() };
  }

  follow(filter: Pick<JournalQuery, "level" | "component" | "runId" | "text">, signal: AbortSignal) {
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

  async prune(now: number) {
    this.#queue.flush();
    const { retentionDays, queryPhotoDays, maxEntries } = this.#settings;
    const runsBefore = now - retentionDays * DAY_MS;
    const lines = this.#lines.prune(runsBefore, maxEntries);
    const { runs, orphans } = this.#runs.prune(runsBefore, now - queryPhotoDays * DAY_MS);
    for (const hash of orphans) await this.#photos.remove(hash);
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
    this.#followers.close();
    this.#db.close();
  }
}

/** Opens the journal of a data folder. A corrupt file is set aside and said, never written over. */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const journal = new SqliteJournalImpl(options);
  await journal.prune(Date.now());
  return journal;
}

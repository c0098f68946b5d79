import { backup, DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { ShelfmatchError } from "../../shared/errors.ts";

/** Copies of SQLite databases that are being written to. */

/** Pages copied at a time: of 4 to 16 KiB, so that a cancelled copy ends within moments. */
const PAGES = 256;

export interface Copy {
  from: string;
  to: string;
}

/**
 * Copies databases as they are at one and the same moment, whatever is written meanwhile: a read transaction is opened
 * on each of them before the event loop turns, and SQLite's backup goes by those.
 * @param onShare told how much of all pages is copied, 0..1
 * @throws SQLite's errors, the signal's reason
 */
export async function copyDatabases(
  copies: readonly Copy[],
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const open: DatabaseSync[] = [];
  try {
    for (const { from } of copies) {
      const db = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
      open.push(db);
      db.exec("BEGIN");
      // A transaction begins to read with its first read.
      db.prepare("SELECT count(*) FROM sqlite_schema").get();
    }
    for (const [i, { to }] of copies.entries()) {
      const db = open[i];
      if (db === undefined) continue;
      signal.throwIfAborted();
      await backup(db, to, {
        rate: PAGES,
        progress({ totalPages, remainingPages }) {
          signal.throwIfAborted();
          onShare((i + 1 - remainingPages / Math.max(1, totalPages)) / copies.length);
        },
      });
      standAlone(to);
    }
  } finally {
    for (const db of open) db.close();
  }
}

/** One file, without a log beside it: whoever looks at it leaves nothing there either. */
function standAlone(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA journal_mode = DELETE");
  } finally {
    db.close();
  }
}

/**
 * Checks databases page by page, beside the event loop.
 * @returns what is wrong with the first bad one, or null
 */
export async function damageIn(
  files: readonly string[],
  signal: AbortSignal,
): Promise<{ file: string; reason: string } | null> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./check.worker.ts", import.meta.url), { workerData: files });
  const stop = () => void worker.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () =>
        reject(
          signal.aborted ? signal.reason : new ShelfmatchError("INTERNAL", "The check of the databases ended early."),
        ),
      );
    });
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

/** Answers of small questions to a database that nobody uses. */
export function inDatabase<T>(file: string, ask: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return ask(db);
  } finally {
    db.close();
  }
}

/** SQLite's `user_version`: 0 where no table was made yet; features.sqlite counts none. */
export const versionOf = (file: string): number =>
  inDatabase(file, (db) => Number(db.prepare("PRAGMA user_version").get()?.user_version));

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { CORRUPT_MARK, inTransaction, isCorruption, setDatabaseAside } from "../../lib/sqlite.ts";
import { MIGRATIONS } from "./migrations.ts";

interface OpenedDatabase {
  db: DatabaseSync;
  /** Name of the damaged file that was set aside just now; null where the database was sound. */
  setAside: string | null;
}

/** Another process (a backup, a person with the sqlite shell) may hold the lock for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the database, bringing it to the present shape. A damaged one is renamed with its -wal and -shm, never written
 * to, and a fresh one takes its place.
 *
 * @param holdsMore whether there is other data that belongs to this database: an empty file is then a lost one
 * @throws ShelfmatchError DATA_CORRUPT where a newer version of the app wrote the database
 */
export function openDatabase(file: string, holdsMore: boolean): OpenedDatabase {
  let setAside: string | null = null;
  if (existsSync(file) && !isSound(file, holdsMore)) setAside = basename(setDatabaseAside(file));
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    // FULL: the log is synced at every commit, so that an acknowledged write survives a power cut and not only a
    // killed process (NORMAL gives no more than that). Imports write in batches, which pays for it.
    db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY",
    );
    migrate(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, setAside };
}

/** Damaged databases that were set aside in this folder, now or in an earlier start. */
export function databasesSetAside(file: string): string[] {
  return readdirSync(dirname(file)).filter(
    (name) => name.startsWith(basename(file) + CORRUPT_MARK) && !/-(wal|shm)$/.test(name),
  );
}

function isSound(file: string, holdsMore: boolean): boolean {
  if (statSync(file).size === 0 && !existsSync(`${file}-wal`)) return !holdsMore;
  // Read-only, so that looking at a damaged file does not change it.
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    // Table by table, because the check of the word index as a whole takes five times as long as all the others; its
    // own tables are among them, and its content can be made again.
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'");
    const check = (name: string) =>
      db?.prepare(`PRAGMA quick_check("${name.replaceAll('"', '""')}")`).get()?.quick_check;
    return tables.all().every((table) => check(String(table.name)) === "ok");
  } catch (error) {
    if (isCorruption(error)) return false;
    throw error;
  } finally {
    db?.close();
  }
}

function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (version > MIGRATIONS.length) {
    throw new ShelfmatchError(
      "DATA_CORRUPT",
      `${join(file)} was written by a newer version of Shelfmatch (${version}, this one knows ${MIGRATIONS.length}). Update the app; the file is left as it is.`,
    );
  }
  for (let next = version + 1; next <= MIGRATIONS.length; next += 1) {
    inTransaction(db, () => {
      db.exec(MIGRATIONS[next - 1] ?? "");
      db.prepare("INSERT INTO migrations VALUES (?, ?)").run(next, new Date().toISOString());
      db.exec(`PRAGMA user_version = ${next}`);
    });
  }
}

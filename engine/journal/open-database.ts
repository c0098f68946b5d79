import { DatabaseSync } from "node:sqlite";
import { isCorruption, SQLITE, setDatabaseAside } from "../lib/sqlite.ts";

interface OpenOptions {
  /** As it begins a sentence for the user: "The journal". */
  what: string;
  /** Migrations in order; `user_version` counts the ones that ran. Never change one that was released. */
  migrations: readonly string[];
  /** Told where a corrupt file was put. */
  onNotice(message: string): void;
}

function openChecked(path: string, migrations: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // NORMAL: a power cut may lose the last log lines, a crash of the process loses none.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const check = db.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok") {
      throw Object.assign(new Error(String(check?.quick_check)), { errcode: SQLITE.corrupt });
    }
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Brings the file to the newest shape, each migration in one transaction. */
function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  const row = db.prepare("PRAGMA user_version").get();
  const done = Number(row?.user_version ?? 0);
  for (let version = done; version < migrations.length; version++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}

/**
 * Opens a database of the journal's; a corrupt file (with its -wal and -shm) is renamed beside itself and a new one begun.
 * @throws what SQLite says of anything but corruption
 */
export function openDatabase(path: string, { what, migrations, onNotice }: OpenOptions): DatabaseSync {
  try {
    return openChecked(path, migrations);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const aside = setDatabaseAside(path);
    const reason = error instanceof Error ? error.message : String(error);
    onNotice(`${what}'s file ${path} is damaged (${reason}). It was kept as ${aside}; a new one was begun.`);
    return openChecked(path, migrations);
  }
}

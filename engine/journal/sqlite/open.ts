import { DatabaseSync } from "node:sqlite";
import { isCorruption, SQLITE, setDatabaseAside } from "../../lib/sqlite.ts";
import { migrate } from "./schema.ts";

function openChecked(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // NORMAL: a power cut may lose the last log lines, a crash of the process loses none.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const check = db.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok") {
      throw Object.assign(new Error(String(check?.quick_check)), { errcode: SQLITE.corrupt });
    }
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens the journal's database; a corrupt file (with its -wal and -shm) is renamed beside itself and a new one begun.
 * @param onNotice told where the corrupt file was put
 * @throws what SQLite says of anything but corruption
 */
export function openDatabase(path: string, onNotice: (message: string) => void): DatabaseSync {
  try {
    return openChecked(path);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const aside = setDatabaseAside(path);
    const reason = error instanceof Error ? error.message : String(error);
    onNotice(`The journal's file ${path} is damaged (${reason}). It was kept as ${aside}; a new journal was begun.`);
    return openChecked(path);
  }
}

import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./schema.ts";

/** SQLITE_CORRUPT and SQLITE_NOTADB: the file itself is bad. Anything else (full disk, no permission) leaves it alone. */
const CORRUPT = new Set([11, 26]);

export function isCorrupt(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && CORRUPT.has(Number(error.errcode) & 0xff);
}

function openChecked(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // NORMAL: a power cut may lose the last log lines, a crash of the process loses none.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const check = db.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok") {
      throw Object.assign(new Error(String(check?.quick_check)), { errcode: 11 });
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
    if (!isCorrupt(error)) throw error;
    const stamp = new Date().toISOString().replace(/[:.]/g, "-");
    const aside = `${path}.corrupt-${stamp}`;
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    const reason = error instanceof Error ? error.message : String(error);
    onNotice(`The journal's file ${path} is damaged (${reason}). It was kept as ${aside}; a new journal was begun.`);
    return openChecked(path);
  }
}

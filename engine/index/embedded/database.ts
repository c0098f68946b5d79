import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { isCorruption, setDatabaseAside } from "../../lib/sqlite.ts";
import { messageOf } from "./failures.ts";

export const SCHEMA_VERSION = 1;
/** `row` is never used twice and what it stands for never changes: a graph that has a row has the right vector. */
const SCHEMA = `
  CREATE TABLE points (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    sku TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name IN ('image', 'text')),
    picture_hash TEXT,
    category TEXT NOT NULL,
    brand TEXT NOT NULL,
    price REAL,
    currency TEXT,
    UNIQUE (sku, id)
  ) STRICT;
  CREATE INDEX points_by_name ON points (name);
  CREATE TABLE vectors (row INTEGER PRIMARY KEY REFERENCES points ON DELETE CASCADE, half BLOB NOT NULL) STRICT;
  CREATE TABLE graphs (
    name TEXT PRIMARY KEY,
    folder TEXT,
    changes INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO graphs (name) VALUES ('image'), ('text');
  CREATE TABLE state (clean INTEGER NOT NULL) STRICT;
  INSERT INTO state VALUES (1);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
/** Checking reads the whole file: after a clean close only where that takes no time. */
const ALWAYS_CHECKED_BYTES = 64 * 2 ** 20;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the database of a collection. A damaged one is renamed beside itself with its -wal and -shm and said; a new one
 * is begun, and the reconciler indexes the catalogue again.
 *
 * @returns also whether the last one to use it closed it
 * @throws ShelfmatchError DATA_CORRUPT where a newer version of the app wrote it
 */
export function openDatabase(file: string, onNotice: (message: string) => void): { db: DatabaseSync; clean: boolean } {
  if (existsSync(file)) {
    const damage = damageOf(file);
    if (damage !== null) {
      const aside = setDatabaseAside(file);
      onNotice(
        `The vector index ${file} is damaged (${damage}). It was kept as ${aside}; the catalogue is indexed again.`,
      );
    }
  }
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    // Pages that five vectors of 1280 dimensions fill: with 4 KiB a third of the file would be air. FULL: what was
    // acknowledged survives a power cut, as the catalogue's "indexed" does.
    db.exec(
      "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000",
    );
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (version > SCHEMA_VERSION) {
      throw new ShelfmatchError(
        "DATA_CORRUPT",
        `${file} was written by a newer version of Shelfmatch. Update the app; the file is left as it is.`,
      );
    }
    if (version === 0) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    const clean = db.prepare("SELECT clean FROM state").get()?.clean === 1;
    db.exec("UPDATE state SET clean = 0");
    return { db, clean };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @returns what is wrong with the file, or null */
function damageOf(file: string): string | null {
  const { size } = statSync(file);
  if (size === 0) return existsSync(`${file}-wal`) ? null : "it is empty";
  let db: DatabaseSync | null = null;
  try {
    // Read-only, so that looking at a damaged file does not change it.
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    // A first start that was killed before the schema was written left a sound file without tables.
    if (db.prepare("PRAGMA user_version").get()?.user_version === 0) return null;
    const clean = db.prepare("SELECT clean FROM state").get()?.clean === 1;
    if (clean && size > ALWAYS_CHECKED_BYTES) return null;
    const verdict = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    return verdict === "ok" ? null : String(verdict);
  } catch (error) {
    if (isCorruption(error)) return messageOf(error);
    throw error;
  } finally {
    db?.close();
  }
}

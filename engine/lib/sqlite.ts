import { existsSync, renameSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What every SQLite file of the engine has in common: its result codes, its transactions, and being set aside. */

/** SQLite's primary result codes that have an answer of their own (sqlite.org/rescode.html). */
export const SQLITE = {
  permission: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** Primary result code of what SQLite threw; null of anything else. */
export function sqliteResult(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

/** Whether the file itself is bad. Anything else (full disk, no permission) leaves it alone. */
export function isCorruption(error: unknown): boolean {
  const result = sqliteResult(error);
  return result === SQLITE.corrupt || result === SQLITE.notADatabase;
}

/** Stands in the name of every database that was set aside. */
export const CORRUPT_MARK = ".corrupt-";

/** Renames a damaged database beside itself, with its -wal and -shm. @returns its new path */
export function setDatabaseAside(file: string): string {
  const aside = `${file}${CORRUPT_MARK}${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

/** Runs the steps as one: all of them, or none. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself after some failures (a full disk among them).
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A statement that is compiled once for as long as the database is open: for texts that are always the same and run
 * for every row of an import, of whose processor time compiling them took almost half. Read its rows whole before it is asked for again.
 */
export function statement(db: DatabaseSync, sql: string): StatementSync {
  let known = statements.get(db);
  if (known === undefined) {
    known = new Map();
    statements.set(db, known);
  }
  let found = known.get(sql);
  if (found === undefined) {
    found = db.prepare(sql);
    known.set(sql, found);
  }
  return found;
}

import { ShelfmatchError } from "../../../shared/errors.ts";

/** SQLite's primary result codes that have an answer of their own (sqlite.org/rescode.html). */
const SQLITE = { corrupt: 11, full: 13, notADatabase: 26 };
const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function sqliteResult(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

export function isCorruption(error: unknown): boolean {
  const result = sqliteResult(error);
  return result === SQLITE.corrupt || result === SQLITE.notADatabase;
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What SQLite or the file system threw, as the contract's error where there is one; anything else stays as it is. */
export function toIndexError(error: unknown, folder: string): unknown {
  if (error instanceof ShelfmatchError || !(error instanceof Error)) return error;
  if (sqliteResult(error) === SQLITE.full || ("code" in error && NO_SPACE.has(String(error.code)))) {
    return new ShelfmatchError(
      "DISK_FULL",
      `The disk that holds the vector index (${folder}) is full: nothing was written. Free some space; indexing goes on by itself.`,
      { cause: error, retryable: true },
    );
  }
  if (isCorruption(error)) {
    return new ShelfmatchError(
      "DATA_CORRUPT",
      `The vector index in ${folder} is damaged. Start Shelfmatch again: it sets the damaged file aside and indexes the catalogue anew.`,
      { cause: error },
    );
  }
  return error;
}

import { ShelfmatchError } from "../../../shared/errors.ts";
import { isCorruption, SQLITE, sqliteResult } from "../../lib/sqlite.ts";

const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

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

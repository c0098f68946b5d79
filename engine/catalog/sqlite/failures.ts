import { ShelfmatchError } from "../../../shared/errors.ts";
import { isCorruption, SQLITE, sqliteResult } from "../../lib/sqlite.ts";

/** What the file system or SQLite threw, as the contract's error where there is one; anything else stays as it is. */
export function toCatalogError(error: unknown, folder: string): unknown {
  if (error instanceof ShelfmatchError || !(error instanceof Error)) return error;
  const systemCode = "code" in error ? error.code : undefined;
  const result = sqliteResult(error);
  if (result === SQLITE.full || systemCode === "ENOSPC" || systemCode === "EDQUOT" || systemCode === "EFBIG") {
    return new ShelfmatchError(
      "DISK_FULL",
      `The disk that holds the catalogue (${folder}) is full: nothing was written. Free some space and try again.`,
      { cause: error },
    );
  }
  if (isCorruption(error)) {
    return new ShelfmatchError(
      "DATA_CORRUPT",
      `The catalogue's database in ${folder} is damaged. Start Shelfmatch again: it sets the damaged file aside and goes on with a fresh one.`,
      { cause: error },
    );
  }
  if (result === SQLITE.busy || result === SQLITE.locked) {
    return new ShelfmatchError(
      "BUSY",
      `Another program holds the catalogue's database in ${folder}. Close it and try again.`,
      { cause: error },
    );
  }
  if (
    result === SQLITE.cannotOpen ||
    result === SQLITE.readonly ||
    systemCode === "EACCES" ||
    systemCode === "EPERM" ||
    systemCode === "EROFS"
  ) {
    return new ShelfmatchError(
      "FILE_NOT_READABLE",
      `The catalogue in ${folder} can't be opened for writing. Check the folder's permissions, or choose another data folder.`,
      { cause: error },
    );
  }
  return error;
}

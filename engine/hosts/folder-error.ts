import { ShelfmatchError } from "../../shared/errors.ts";
import { SQLITE, sqliteResult } from "../lib/sqlite.ts";

const SQLITE_UNUSABLE = new Set<number | null>([
  SQLITE.permission,
  SQLITE.readonly,
  SQLITE.inputOutput,
  SQLITE.cannotOpen,
]);
const SYSTEM_FULL = new Set<unknown>(["ENOSPC", "EDQUOT"]);
const SYSTEM_UNUSABLE = new Set<unknown>(["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR", "ELOOP", "EIO"]);

/**
 * What kept an engine from using its data folder, as the contract's error where there is one; anything else stays as it
 * is. Every SQLite file of an engine is in that folder; other files count by their path.
 */
export function toFolderError(error: unknown, dataFolder: string): unknown {
  if (error instanceof ShelfmatchError || !(error instanceof Error)) return error;
  const result = sqliteResult(error);
  const code = "path" in error && String(error.path).startsWith(dataFolder) && "code" in error ? error.code : null;
  if (result === SQLITE.full || SYSTEM_FULL.has(code)) {
    const message = `The disk that holds the data folder ${dataFolder} is full. Free some space and try again.`;
    return new ShelfmatchError("DISK_FULL", message, { cause: error });
  }
  if (SQLITE_UNUSABLE.has(result) || SYSTEM_UNUSABLE.has(code)) {
    const message = `The data folder ${dataFolder} can't be used (${error.message}). It must be a folder that you may write, on a disk with room; name another with --data.`;
    return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
  }
  return error;
}

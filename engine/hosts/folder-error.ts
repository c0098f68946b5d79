import { ShelfmatchError } from "../../shared/errors.ts";

/** SQLite's primary result codes (sqlite.org/rescode.html): permission, read-only, I/O error, full, cannot open. */
const SQLITE_UNUSABLE = new Set([3, 8, 10, 14]);
const SQLITE_FULL = 13;
const SYSTEM_FULL = new Set<unknown>(["ENOSPC", "EDQUOT"]);
const SYSTEM_UNUSABLE = new Set<unknown>(["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR", "ELOOP", "EIO"]);

/**
 * What kept an engine from using its data folder, as the contract's error where there is one; anything else stays as it
 * is. Every SQLite file of an engine is in that folder; other files count by their path.
 */
export function toFolderError(error: unknown, dataFolder: string): unknown {
  if (error instanceof ShelfmatchError || !(error instanceof Error)) return error;
  const result = "errcode" in error ? Number(error.errcode) & 0xff : null;
  const code = "path" in error && String(error.path).startsWith(dataFolder) && "code" in error ? error.code : null;
  if (result === SQLITE_FULL || SYSTEM_FULL.has(code)) {
    const message = `The disk that holds the data folder ${dataFolder} is full. Free some space and try again.`;
    return new ShelfmatchError("DISK_FULL", message, { cause: error });
  }
  if (SQLITE_UNUSABLE.has(result ?? 0) || SYSTEM_UNUSABLE.has(code)) {
    const message = `The data folder ${dataFolder} can't be used (${error.message}). It must be a folder that you may write, on a disk with room; name another with --data.`;
    return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
  }
  return error;
}

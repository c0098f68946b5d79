import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { ShelfmatchError } from "../../shared/errors.ts";
import { syncFolder } from "../lib/sync-folder.ts";
import { openBackup } from "./archive-reader.ts";
import { damageIn, versionOf } from "./databases.ts";
import { kindOf } from "./layout.ts";
import { assertRoom } from "./make.ts";
import type { Manifest } from "./manifest.ts";

export interface StageOptions {
  /** The backup. */
  file: string;
  /** As the user knows it. */
  name: string;
  /** Made here, and removed again where the backup can't be restored. */
  folder: string;
  report(progress: { done: number; total: number }): void;
  signal: AbortSignal;
}

/** Files unpacked at once, each waiting for its fsync. */
const UNPACKED_AT_ONCE = 8;

/**
 * Checks a backup whole - format, versions, names, sizes, hashes, room, databases - while it unpacks it into a folder of
 * its own. Nothing of the data folder is touched.
 * @throws ShelfmatchError BACKUP_UNREADABLE, DISK_FULL, FILE_NOT_FOUND, FILE_NOT_READABLE, CANCELLED
 */
export async function stageBackup({ file, name, folder, report, signal }: StageOptions): Promise<Manifest> {
  const reader = await openBackup(file, name);
  try {
    const { files } = reader.manifest;
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await assertRoom(folder, total);
    let done = 0;
    const onBytes = (bytes: number) => {
      done += bytes;
      report({ done, total });
    };
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const limit = pLimit(UNPACKED_AT_ONCE);
    const unpacked = files.map((one) =>
      limit(async () => {
        either.throwIfAborted();
        await reader.unpack(one, folder, onBytes, either).catch((error: unknown) => {
          failed.abort(error);
          throw error;
        });
      }),
    );
    // All are waited for: what is still being written can't be removed.
    await Promise.allSettled(unpacked);
    if (failed.signal.aborted) throw failed.signal.reason;
    signal.throwIfAborted();
    await assertDatabases(folder, reader.manifest, name, signal);
    const folders = new Set(files.flatMap(({ path }) => parentsOf(path)));
    for (const each of folders) await syncFolder(join(folder, each));
    return reader.manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw signal.aborted ? new ShelfmatchError("CANCELLED", "The restore was cancelled. Nothing was changed.") : error;
  } finally {
    reader.close();
  }
}

/** `catalog/pictures/ab/...` is in `.`, `catalog`, `catalog/pictures` and `catalog/pictures/ab`. */
function parentsOf(path: string): string[] {
  const segments = path.split("/").slice(0, -1);
  return [".", ...segments.map((_, i) => segments.slice(0, i + 1).join("/"))];
}

async function assertDatabases(
  folder: string,
  { files, contents }: Manifest,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const databases = files.filter(({ path }) => kindOf(path)?.kind === "database").map(({ path }) => path);
  const damage = await damageIn(
    databases.map((path) => join(folder, path)),
    signal,
  );
  if (damage !== null) {
    const message = `${name} has a damaged database (${damage.reason}). Nothing was changed: choose another backup.`;
    throw new ShelfmatchError("BACKUP_UNREADABLE", message);
  }
  for (const path of databases) {
    const newest = kindOf(path)?.newest;
    if (newest === undefined || versionOf(join(folder, path)) <= newest) continue;
    const message = `${name} was made by a newer version of Shelfmatch (${contents.app}). Nothing was changed: update the app to restore it.`;
    throw new ShelfmatchError("BACKUP_UNREADABLE", message);
  }
}

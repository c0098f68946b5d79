import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BackupContents } from "../../shared/contract/data.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { readConfigFile } from "../config/file.ts";
import { forgetGraphs } from "../index/embedded/portable.ts";
import { isAbsent } from "../lib/absent.ts";
import { syncFolder } from "../lib/sync-folder.ts";
import { type Archive, writeArchive } from "./archive.ts";
import { countsOf, pausedUploads } from "./contents.ts";
import { copyDatabases, damageIn, inDatabase, versionOf } from "./databases.ts";
import { kindOf } from "./layout.ts";
import { type BackedUpFile, FORMAT, FORMAT_VERSION, MANIFEST, type Manifest } from "./manifest.ts";
import { withoutSecrets } from "./settings-copy.ts";
import { backedUpPlaces, sizesOf } from "./walk.ts";

export interface BackupOptions {
  dataFolder: string;
  /** Not there yet. */
  target: string;
  /** What it says of itself, but for the counts. */
  about: Omit<BackupContents, "counts" | "created">;
  report(progress: { done: number; total: number }): void;
  signal: AbortSignal;
}

export interface MadeBackup {
  bytes: number;
  sha256: string;
  contents: BackupContents;
  notes: string[];
}

/** Snapshots taken where pictures are deleted faster than they are copied. */
const SNAPSHOTS = 5;

/**
 * Backs the data folder up to one zip while it is in use. Pictures come first: they are named by their content and never
 * change. Then the databases as they are at one moment, and what pictures those name that came meanwhile; where one of
 * these is gone already, the databases are taken once more. So the file holds one state that the folder really had.
 *
 * Vectors and local features are in it: 16 KB a product and 40 KB a picture that was ever compared, where making them
 * anew costs some 50 ms and more of every core. Search graphs are not: they take twelve times the vectors' space, and
 * are built from them.
 *
 * @throws ShelfmatchError DISK_FULL, DATA_CORRUPT where a database is damaged, BUSY, CANCELLED; nothing stays then
 */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { dataFolder, target, report, signal } = options;
  const work = join(dataFolder, "backups", randomUUID());
  const part = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  try {
    await mkdir(work, { recursive: true });
    const listed = await listFiles(dataFolder);
    const sizes = await sizesOf(dataFolder, [...listed.files, ...listed.databases]);
    const databaseBytes = sizes.slice(listed.files.length).reduce((sum, size) => sum + size, 0);
    // Databases are copied first, then packed.
    const total = sizes.reduce((sum, size) => sum + size, databaseBytes);
    await assertRoom(work, databaseBytes);
    await assertRoom(dirname(target), total - databaseBytes);
    const meter = { done: 0, total };
    const onBytes = (bytes: number) => {
      meter.done = Math.min(total, meter.done + bytes);
      report({ done: Math.round(meter.done), total });
    };
    const { bytes, sha256, filled } = await writeArchive(
      part,
      (archive) => fill(archive, options, { work, listed, databaseBytes, onBytes }),
      signal,
    );
    await rename(part, target);
    await syncFolder(dirname(target));
    return { bytes, sha256, ...filled };
  } catch (error) {
    throw toBackupError(error, target);
  } finally {
    await rm(part, { force: true });
    await rm(work, { recursive: true, force: true });
  }
}

interface Filling {
  work: string;
  listed: { files: string[]; databases: string[] };
  databaseBytes: number;
  onBytes(bytes: number): void;
}

async function fill(
  archive: Archive,
  { dataFolder, about, signal }: BackupOptions,
  { work, listed, databaseBytes, onBytes }: Filling,
): Promise<{ contents: BackupContents; notes: string[] }> {
  const packed = new Map<string, BackedUpFile>();
  const notes: string[] = [];
  /** Files that are gone by now are passed over: whether they are missed is seen when the databases are there. */
  async function packFiles(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (packed.has(path) || path === "config.json") continue;
      try {
        packed.set(path, await archive.addFile(path, join(dataFolder, path), onBytes));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    }
  }

  await packFiles(listed.files);
  const config = withoutSecrets(await readConfigFile(join(dataFolder, "config.json")));
  packed.set("config.json", await archive.addText("config.json", `${JSON.stringify(config, null, 2)}\n`));

  let copies = new Map<string, string>();
  let missed = new Set<string>();
  for (let snapshot = 1; ; snapshot++) {
    // What a re-embedding has begun or dropped meanwhile comes and goes with its folder.
    const databases = (await listFiles(dataFolder)).databases.filter((path) => existsSync(join(dataFolder, path)));
    copies = new Map(databases.map((path, i) => [path, join(work, `${snapshot}-${i}.sqlite`)]));
    let share = 0;
    await copyDatabases(
      databases.map((path) => ({ from: join(dataFolder, path), to: copies.get(path) ?? "" })),
      (now) => {
        if (snapshot === 1) onBytes((now - share) * databaseBytes);
        share = now;
      },
      signal,
    );
    const created = await listFiles(dataFolder);
    await packFiles(created.files);
    const gone = new Set(pictureFiles(copies.get("catalog/catalog.sqlite")).filter((path) => !packed.has(path)));
    // The same again: they are not being deleted, they are lost.
    if ([...gone].every((path) => missed.has(path))) break;
    if (snapshot === SNAPSHOTS) {
      const message = "Pictures went on being deleted while the backup was made. Let that end, then back up again.";
      throw new ShelfmatchError("BUSY", message);
    }
    missed = gone;
  }
  if (missed.size > 0) {
    notes.push(`${missed.size} picture files are missing in the data folder, and so in the backup.`);
  }
  const damage = await damageIn([...copies.values()], signal);
  if (damage !== null) {
    const path = [...copies].find(([, copy]) => copy === damage.file)?.[0];
    const message = `The database ${path} is damaged (${damage.reason}), and a backup of it would be too. Start Shelfmatch again: it sets the damaged file aside.`;
    throw new ShelfmatchError("DATA_CORRUPT", message);
  }
  for (const [path, copy] of copies) {
    // A collection whose very first opening was under way.
    if (path.startsWith("index/") && versionOf(copy) === 0) {
      copies.delete(path);
      continue;
    }
    if (path.startsWith("index/")) forgetGraphs(copy);
    packed.set(path, await archive.addFile(path, copy, onBytes));
  }
  for (const name of pausedUploads(copies.get("imports/imports.sqlite"))) {
    notes.push(
      `The import of ${name} is not done, and its uploaded file is not in the backup: keep the file, and import it again after restoring. Products that are in the catalogue then stay as they are.`,
    );
  }
  const contents = { ...about, created: new Date().toISOString(), counts: countsOf(copies) };
  const files = [...packed.values()];
  const manifest: Manifest = { format: FORMAT, formatVersion: FORMAT_VERSION, contents, files };
  await archive.addText(MANIFEST, JSON.stringify(manifest));
  return { contents, notes };
}

async function listFiles(dataFolder: string): Promise<{ files: string[]; databases: string[] }> {
  const known = (await backedUpPlaces(dataFolder)).filter((path) => kindOf(path) !== null);
  return {
    files: known.filter((path) => kindOf(path)?.kind === "file"),
    databases: known.filter((path) => kindOf(path)?.kind === "database"),
  };
}

/** Of every picture that the copied catalogue names. */
function pictureFiles(catalog: string | undefined): string[] {
  if (catalog === undefined) return [];
  const rows = inDatabase(catalog, (db) => db.prepare("SELECT hash FROM pictures").all());
  return rows.flatMap(({ hash }) =>
    ["pictures", "thumbnails"].map((size) => `catalog/${size}/${String(hash).slice(0, 2)}/${String(hash)}`),
  );
}

/** @throws ShelfmatchError DISK_FULL */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  const mib = (amount: number) => `${Math.ceil(amount / 2 ** 20)} MiB`;
  const message = `${folder} has room for ${mib(bavail * bsize)}, and ${mib(bytes)} are needed. Make room, or choose another disk.`;
  throw new ShelfmatchError("DISK_FULL", message);
}

function toBackupError(error: unknown, target: string): unknown {
  if (error instanceof ShelfmatchError || !(error instanceof Error)) return error;
  if (error.name === "AbortError")
    return new ShelfmatchError("CANCELLED", "The backup was cancelled. Nothing of it was kept.");
  const code = "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    const message = `The backup does not fit on the disk of ${target}, or its databases' copies on that of the data folder. Make room, or choose another disk.`;
    return new ShelfmatchError("DISK_FULL", message, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "ENOENT") {
    const message = `The backup can't be written to ${target} (${error.message}). Choose a folder that is there and that you may write to.`;
    return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
  }
  return error;
}

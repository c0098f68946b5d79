import { createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { ShelfmatchError } from "../../shared/errors.ts";
import { createByteMeter } from "./byte-meter.ts";
import {
  type BackedUpFile,
  FORMAT_VERSION,
  formatSchema,
  MANIFEST,
  type Manifest,
  manifestSchema,
} from "./manifest.ts";

/** A backup that was opened: its manifest fits the archive, name by name and size by size. */
export interface BackupReader {
  manifest: Manifest;
  /**
   * Unpacks a file of the manifest below `folder`, on the disk when it resolves, and checks its hash.
   * @throws ShelfmatchError BACKUP_UNREADABLE where it is not what was packed
   */
  unpack(file: BackedUpFile, folder: string, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A quarter of a kilobyte a file: a million pictures. */
const LARGEST_MANIFEST = 256 * 2 ** 20;
const MOST_ENTRIES = 4_000_000;

/**
 * Opens a backup and reads its manifest. Every path in it is one that the app itself gives to a file of its data folder,
 * so that no entry can lead anywhere else.
 * @param name of the file, for messages
 * @throws ShelfmatchError BACKUP_UNREADABLE, FILE_NOT_FOUND, FILE_NOT_READABLE
 */
export async function openBackup(file: string, name = basename(file)): Promise<BackupReader> {
  await assertFile(file);
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(file, { autoClose: false, lazyEntries: true });
    const opened = zip;
    if (opened.entryCount > MOST_ENTRIES) throw unreadable(name, `has ${opened.entryCount} entries`);
    const entries = new Map<string, Entry>();
    for await (const entry of opened.eachEntry()) {
      if (entries.has(entry.fileName)) throw unreadable(name, `has ${entry.fileName} twice`);
      if (entry.isEncrypted()) throw unreadable(name, `is encrypted (${entry.fileName})`);
      entries.set(entry.fileName, entry);
    }
    const manifest = await readManifest(opened, entries.get(MANIFEST), name);
    assertSame(manifest, entries, name);
    return {
      manifest,
      async unpack({ path, bytes, sha256 }, folder, onBytes, signal) {
        const entry = entries.get(path);
        if (entry === undefined) throw unreadable(name, `lacks ${path}`);
        const target = join(folder, ...path.split("/"));
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        const { stream, result } = createByteMeter({ onBytes, most: bytes });
        try {
          const source = await opened.openReadStreamPromise(entry);
          await pipeline(source, stream, createWriteStream(target, { flags: "wx", mode: 0o600, flush: true }), {
            signal,
          });
        } catch (error) {
          if (signal.aborted || isDiskError(error)) throw error;
          throw unreadable(name, `is damaged at ${path} (${reasonOf(error)})`, error);
        }
        if (result().sha256 !== sha256) throw unreadable(name, `is damaged: ${path} is not what was backed up`);
      },
      close: () => opened.close(),
    };
  } catch (error) {
    zip?.close();
    if (error instanceof ShelfmatchError || isDiskError(error)) throw error;
    throw unreadable(name, `is damaged, or no backup (${reasonOf(error)})`, error);
  }
}

async function readManifest(zip: ZipFile, entry: Entry | undefined, name: string): Promise<Manifest> {
  if (entry === undefined) throw unreadable(name, "is no backup of Shelfmatch: it has no manifest");
  if (entry.uncompressedSize > LARGEST_MANIFEST) throw unreadable(name, "has too large a manifest");
  const read: unknown = JSON.parse(await text(await zip.openReadStreamPromise(entry)));
  const format = formatSchema.safeParse(read);
  if (!format.success) throw unreadable(name, "is no backup of Shelfmatch");
  if (format.data.formatVersion > FORMAT_VERSION) {
    throw unreadable(name, "was made by a newer version of Shelfmatch; update the app to restore it");
  }
  const manifest = manifestSchema.safeParse(read);
  if (manifest.success) return manifest.data;
  const [issue] = manifest.error.issues;
  throw unreadable(name, `has a manifest that can't be used (${issue?.path.join(".")}: ${issue?.message})`);
}

/** Neither more nor less in the archive than the manifest says. */
function assertSame({ files }: Manifest, entries: ReadonlyMap<string, Entry>, name: string): void {
  const named = new Set(files.map(({ path }) => path));
  if (named.size !== files.length) throw unreadable(name, "names a file twice");
  for (const path of entries.keys()) {
    if (path !== MANIFEST && !named.has(path))
      throw unreadable(name, `has ${JSON.stringify(path)}, which is no part of it`);
  }
  for (const { path, bytes } of files) {
    const entry = entries.get(path);
    if (entry === undefined) throw unreadable(name, `lacks ${path}`);
    if (entry.uncompressedSize !== bytes) throw unreadable(name, `has another size of ${path} than it says`);
  }
}

async function assertFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (cause) {
    const code =
      cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "FILE_NOT_FOUND" : "FILE_NOT_READABLE";
    throw new ShelfmatchError(
      code,
      `The backup ${file} can't be opened (${reasonOf(cause)}). Name the file that a backup made.`,
      { cause },
    );
  }
  throw new ShelfmatchError("FILE_NOT_READABLE", `${file} is no file. Name the file that a backup made.`);
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const DISK_CODES = new Set<unknown>(["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EIO", "EMFILE"]);
const isDiskError = (error: unknown) => error instanceof Error && "code" in error && DISK_CODES.has(error.code);

function unreadable(name: string, why: string, cause?: unknown): ShelfmatchError {
  const message = `${name} ${why}. Nothing was changed: choose another backup.`;
  return new ShelfmatchError("BACKUP_UNREADABLE", message, { cause });
}

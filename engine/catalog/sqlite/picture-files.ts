import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { syncFolder } from "../../lib/sync-folder.ts";
import type { PictureUpload } from "../port.ts";

type Size = "full" | "thumbnail";

const FOLDER: Record<Size, string> = { full: "pictures", thumbnail: "thumbnails" };
/** Files written at once: enough to overlap their fsyncs. */
const WRITERS = 8;

/**
 * Pictures as files named by their content, `pictures/ab/<hash>` and `thumbnails/ab/<hash>`: written whole under another
 * name, synced, then renamed, so that a name never stands for half a picture.
 */
export interface PictureFiles {
  /** Durable when it resolves; a file that is there already is left alone. */
  write(pictures: readonly PictureUpload[]): Promise<void>;
  /** @throws the file system's ENOENT where the picture is not stored */
  read(hash: string, size: Size): Promise<Uint8Array>;
  isWhole(hash: string, bytes: Record<Size, number>): Promise<boolean>;
  remove(hashes: readonly string[]): Promise<void>;
  isEmpty(): Promise<boolean>;
  /** Removes every file that no row names: what a crash left behind. @returns how many */
  sweep(known: ReadonlySet<string>): Promise<number>;
}

export async function openPictureFiles(root: string): Promise<PictureFiles> {
  const incoming = join(root, "incoming");
  await rm(incoming, { recursive: true, force: true });
  for (const folder of [incoming, join(root, FOLDER.full), join(root, FOLDER.thumbnail)]) {
    await mkdir(folder, { recursive: true });
  }
  const limit = pLimit(WRITERS);
  const path = (hash: string, size: Size) => join(root, FOLDER[size], hash.slice(0, 2), hash);

  async function isFile(file: string, bytes: number): Promise<boolean> {
    const found = await statOrNull(file);
    return found !== null && found.size === bytes;
  }

  /** @returns the folder whose entries changed, or null where the file was there */
  async function writeFile(file: string, bytes: Uint8Array): Promise<string | null> {
    if (await isFile(file, bytes.byteLength)) return null;
    const temporary = join(incoming, randomUUID());
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } catch (error) {
      await handle.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await handle.close();
    const folder = dirname(file);
    if ((await mkdir(folder, { recursive: true })) !== undefined) await syncFolder(dirname(folder));
    await rename(temporary, file);
    return folder;
  }

  return {
    async write(pictures) {
      const files = pictures.flatMap((picture) => [
        { file: path(picture.hash, "full"), bytes: picture.bytes },
        { file: path(picture.hash, "thumbnail"), bytes: picture.thumbnail },
      ]);
      // Every write is waited for even where one fails: the caller then removes them all.
      const written = await Promise.allSettled(files.map(({ file, bytes }) => limit(() => writeFile(file, bytes))));
      const folders = new Set<string>();
      for (const result of written) {
        if (result.status === "rejected") throw result.reason;
        if (result.value !== null) folders.add(result.value);
      }
      await Promise.all([...folders].map((folder) => limit(() => syncFolder(folder))));
    },
    async read(hash, size) {
      return new Uint8Array(await readFile(path(hash, size)));
    },
    async isWhole(hash, bytes) {
      return (await isFile(path(hash, "full"), bytes.full)) && (await isFile(path(hash, "thumbnail"), bytes.thumbnail));
    },
    async remove(hashes) {
      const files = hashes.flatMap((hash) => [path(hash, "full"), path(hash, "thumbnail")]);
      await Promise.all(files.map((file) => limit(() => rm(file, { force: true }))));
    },
    async isEmpty() {
      return (await readdir(join(root, FOLDER.full))).length === 0;
    },
    async sweep(known) {
      let removed = 0;
      for (const size of ["full", "thumbnail"] as const) {
        const shards = await readdir(join(root, FOLDER[size]), { withFileTypes: true });
        for (const shard of shards.filter((entry) => entry.isDirectory())) {
          const folder = join(root, FOLDER[size], shard.name);
          const orphans = (await readdir(folder)).filter((name) => !known.has(name));
          await Promise.all(
            orphans.map((name) => limit(() => rm(join(folder, name), { force: true, recursive: true }))),
          );
          removed += orphans.length;
        }
      }
      return removed;
    },
  };
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

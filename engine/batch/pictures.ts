import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import { ShelfmatchError } from "../../shared/errors.ts";
import { openFolderFiles } from "../import/folder-files.ts";
import { PICTURE_NAME } from "../import/picture-folder.ts";
import { openZipFiles } from "../import/zip-files.ts";
import { isAbsent } from "../lib/absent.ts";
import { lookAt } from "../picture/look.ts";
import type { NewItem } from "./store.ts";

/** Pictures of batches: those that were uploaded lie in a folder of their batch, the others where they are. */

/** Longest side, in pixels, of a thumbnail: a wall shows them at 160, on sharp screens at twice that. */
const THUMBNAIL_SIDE = 320;
/** A zip may unpack to this many times the largest upload. */
const UNPACKED_UPLOADS = 16;

export interface PictureLimits {
  pictureBytes: number;
  picturePixels: number;
  uploadBytes: number;
}

function readError(name: string, error: unknown): unknown {
  if (error instanceof ShelfmatchError) return error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (isAbsent(error)) {
    const message = `${name} is not there any more. Put it back, then match it again.`;
    return new ShelfmatchError("FILE_NOT_FOUND", message, { cause: error });
  }
  if (code === null) return error;
  const why =
    code === "EACCES" || code === "EPERM" ? "may not be read: check its permissions" : `can't be read (${code})`;
  return new ShelfmatchError("FILE_NOT_READABLE", `${name} ${why}. Mend that, then match it again.`, { cause: error });
}

/**
 * @param name as people know it
 * @throws ShelfmatchError FILE_NOT_FOUND, FILE_NOT_READABLE, IMAGE_TOO_LARGE, before a byte is read
 */
export async function readPicture(path: string, name: string, { pictureBytes }: PictureLimits): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // Opening a pipe would wait for its other end, for ever.
    if (!found.isFile()) throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} is no ordinary file.`);
    if (found.size > pictureBytes) {
      const message = `${name} has ${found.size} bytes, more than the ${pictureBytes} that limits.pictureBytes allows. Put a smaller copy in its place.`;
      throw new ShelfmatchError("IMAGE_TOO_LARGE", message);
    }
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw readError(name, error);
  }
}

/** JPEG, at most 320 pixels wide and high. @throws ShelfmatchError IMAGE_* */
export async function thumbnailOf(bytes: Uint8Array, name: string, limits: PictureLimits): Promise<Uint8Array> {
  const look = lookAt(bytes, { name, maxBytes: limits.pictureBytes, maxPixels: limits.picturePixels });
  const { rgb, width, height } = await look(THUMBNAIL_SIDE);
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 78 })
    .toBuffer();
}

/** @param folder of all batches' pictures */
export function createPictureFolder(folder: string) {
  const of = (batch: string) => join(folder, batch);

  /** Pictures in a zip, each put where uploaded ones lie. */
  async function unpack(batch: string, path: string, name: string, limits: PictureLimits): Promise<NewItem[]> {
    const zip = await openZipFiles(path, UNPACKED_UPLOADS * limits.uploadBytes);
    const items: NewItem[] = [];
    try {
      for (const inside of (await zip.list()).filter((each) => PICTURE_NAME.test(each))) {
        const [found, file] = [await zip.find(inside), `${name}/${inside}`];
        const stored = randomUUID();
        if ("code" in found) {
          const error = { code: "FILE_NOT_READABLE", message: found.message };
          items.push({ file, version: stored, stored: null, error });
          continue;
        }
        try {
          await pipeline(await found.open(), createWriteStream(join(of(batch), stored), { flags: "wx" }));
          items.push({ file, version: stored, stored });
        } catch (error) {
          await rm(join(of(batch), stored), { force: true });
          if (error instanceof Error && "code" in error && error.code === "ENOSPC") throw error;
          const message = `${inside} in ${name} can't be read: ${error instanceof Error ? error.message : String(error)}`;
          items.push({ file, version: stored, stored: null, error: { code: "FILE_NOT_READABLE", message } });
        }
      }
    } finally {
      await zip.close();
    }
    return items;
  }

  return {
    path: (batch: string, stored: string) => join(of(batch), stored),
    /**
     * Takes the files of a spooled upload over; a zip is unpacked.
     * @param spool below it the files lie under their names; removed
     * @throws ShelfmatchError IMPORT_UNREADABLE for a zip that is none, DISK_FULL
     */
    async takeOver(batch: string, spool: string, limits: PictureLimits): Promise<NewItem[]> {
      await mkdir(of(batch), { recursive: true });
      const items: NewItem[] = [];
      try {
        for (const file of await (await openFolderFiles(spool, false)).list()) {
          const from = join(spool, ...file.split("/"));
          if (/\.zip$/i.test(file)) {
            items.push(...(await unpack(batch, from, basename(file), limits)));
            continue;
          }
          const stored = randomUUID();
          await rename(from, join(of(batch), stored));
          items.push({ file, version: stored, stored });
        }
        return items;
      } catch (error) {
        for (const { stored } of items) if (stored !== null) await rm(join(of(batch), stored), { force: true });
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
        const message = "The pictures of the batch do not fit on the disk. Make room, then send them again.";
        throw new ShelfmatchError("DISK_FULL", message, { cause: error });
      } finally {
        await rm(spool, { recursive: true, force: true });
      }
    },
    /** A zip of this machine, which stays where it is. @throws ShelfmatchError IMPORT_UNREADABLE, DISK_FULL */
    async unpackZip(batch: string, path: string, limits: PictureLimits): Promise<NewItem[]> {
      await mkdir(of(batch), { recursive: true });
      return unpack(batch, path, basename(path), limits);
    },
    sweep: (batch: string) => rm(of(batch), { recursive: true, force: true }),
  };
}

export type PictureFolder = ReturnType<typeof createPictureFolder>;

import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import type { Config } from "../../../shared/config.ts";
import type { QueryPhoto } from "../port.ts";
import type { PhotoRef } from "./runs.ts";

type Keep = Config["journal"]["queryPhotos"];

const THUMBNAIL_SIDE = 256;

/** Query photos as files under `folder`, named by the hash of the photo as it was sent and by how it is kept. */
export class PhotoFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash);
  }

  /**
   * @returns where it is kept; null where `keep` is off, or no thumbnail could be made of it (such a photo is never
   *   kept whole instead: the setting promised that it would not be)
   */
  async keep(photo: QueryPhoto, keep: Keep): Promise<PhotoRef | null> {
    if (keep === "off") return null;
    const mediaType = keep === "thumbnails" ? "image/webp" : photo.mediaType;
    const bytes = keep === "thumbnails" ? await thumbnail(photo.bytes) : photo.bytes;
    if (bytes === null) return null;
    const path = this.#path(photo.hash);
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.${randomUUID()}.part`;
    await writeFile(draft, bytes, { mode: 0o600 });
    await rename(draft, path);
    return { hash: photo.hash, mediaType };
  }

  /** null where the file is gone. */
  async read(ref: PhotoRef): Promise<QueryPhoto | null> {
    try {
      return { hash: ref.hash, mediaType: ref.mediaType, bytes: await readFile(this.#path(ref.hash)) };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true });
  }
}

/** WebP, longest side at most 256 pixels, upright; null where sharp can't read the picture (HEIC). */
async function thumbnail(bytes: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await sharp(bytes, { limitInputPixels: 200_000_000 })
      .autoOrient()
      .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: "inside", withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer();
  } catch {
    return null;
  }
}

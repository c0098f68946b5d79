import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../../../shared/config.ts";
import { keptForm } from "../kept-photo.ts";
import type { QueryPhoto } from "../port.ts";
import type { PhotoRef } from "./runs.ts";

type Keep = Config["journal"]["queryPhotos"];

/** Query photos as files under `folder`, named by the hash of the photo as it was sent and by how it is kept. */
export class PhotoFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash);
  }

  /** @returns where it is kept; null where nothing of it may be */
  async keep(photo: QueryPhoto, keep: Keep): Promise<PhotoRef | null> {
    const kept = await keptForm(photo, keep);
    if (kept === null) return null;
    const path = this.#path(photo.hash);
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.${randomUUID()}.part`;
    await writeFile(draft, kept.bytes, { mode: 0o600 });
    await rename(draft, path);
    return { hash: photo.hash, mediaType: kept.mediaType };
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

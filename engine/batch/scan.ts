import { stat } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { openFolderFiles } from "../import/folder-files.ts";
import { PICTURE_NAME } from "../import/picture-folder.ts";
import type { NewItem } from "./store.ts";

/** Looks for pictures in a folder of this machine that come, change and go while it looks. */

const LOOKS_AT_ONCE = 32;

export interface Seen {
  file: string;
  /** Another one where the file was written again. */
  version: string;
  /** When it was last written or put there, in ms since the epoch; the later of both, as copies may keep the first. */
  changed: number;
}

/**
 * @returns its pictures, and what in it can't be looked at
 * @throws what the file system says where the folder itself can't be read
 */
export async function picturesIn(folder: string): Promise<{ seen: Seen[]; refused: NewItem[] }> {
  const files = await openFolderFiles(folder, true);
  const paths = (await files.list()).filter((path) => PICTURE_NAME.test(path));
  const limit = pLimit(LOOKS_AT_ONCE);
  const looks = paths.map((file) =>
    limit(async (): Promise<Seen | null> => {
      // Gone since it was listed.
      const found = await stat(join(folder, ...file.split("/"))).catch(() => null);
      if (found === null) return null;
      const { mtimeMs, ctimeMs, size } = found;
      return { file, version: `${Math.round(mtimeMs)}-${size}`, changed: Math.max(mtimeMs, ctimeMs) };
    }),
  );
  const seen = (await Promise.all(looks)).filter((one) => one !== null);
  const refused = files.refused.map(({ path, code, message }) => ({
    ...{ file: path, version: code, stored: null },
    error: { code: code === "FILE_NOT_READABLE" ? code : "FILE_NOT_FOUND", message },
  }));
  return { seen, refused };
}

/** What of the folder's pictures is new, and written to its end. */
export interface Settling {
  /**
   * @param now ms since the epoch
   * @returns those that are new and have not changed for the settle time
   */
  settled(seen: readonly Seen[], known: ReadonlyMap<string, string>, now: number): Seen[];
}

/**
 * A file is whole when nothing has changed about it for a while: by its own times at the first look; by two looks as well
 * from then on, as the clock of a share may be another one.
 * @param settleMs how long a while is
 */
export function createSettling(settleMs: number): Settling {
  let before: Map<string, { version: string; since: number }> | null = null;
  return {
    settled(seen, known, now) {
      const fresh = seen.filter(({ file, version }) => known.get(file) !== version);
      const next = new Map<string, { version: string; since: number }>();
      const settled = fresh.filter(({ file, version, changed }) => {
        const last = before?.get(file);
        const since = last?.version === version ? last.since : now;
        next.set(file, { version, since });
        // Times that lie ahead of this clock say nothing.
        const byTimes = changed > now || now - changed >= settleMs;
        const byLooks = now - since >= settleMs;
        return byTimes && (byLooks || (before === null && changed <= now));
      });
      before = next;
      return settled;
    },
  };
}

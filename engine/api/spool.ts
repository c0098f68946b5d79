import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { ShelfmatchError } from "../../shared/errors.ts";

/** Uploads of an import become files of a folder of their own, under names that can't lead out of it. */

/** Files that the web host has on disk already, so that they are moved and not copied. */
const onDisk = new WeakMap<File, string>();

export function markSpooled(file: File, path: string): void {
  onDisk.set(file, path);
}

/** Reserved by Windows, whatever the extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const MAX_SEGMENT = 200;
const MAX_DEPTH = 32;

/**
 * A relative path of safe segments for the one that a caller gave.
 * @throws ShelfmatchError INVALID_INPUT for one that climbs out, is absolute or names nothing
 */
export function safeSegments(path: string): string[] {
  const segments = path.replaceAll("\\", "/").split("/");
  const bad =
    path === "" ||
    path.startsWith("/") ||
    segments.length > MAX_DEPTH ||
    segments.some(
      (segment) =>
        segment === "" ||
        segment === "." ||
        segment === ".." ||
        segment.length > MAX_SEGMENT ||
        /[<>:"|?*]/.test(segment) ||
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        /[\u0000-\u001f]/.test(segment) ||
        /[. ]$/.test(segment) ||
        RESERVED.test(segment),
    );
  if (!bad) return segments;
  const message = `The upload has a file path that can't be used: ${JSON.stringify(path.slice(0, 300))}. Rename the file, then send it again.`;
  throw new ShelfmatchError("INVALID_INPUT", message, { details: { path } });
}

/** The chosen folder's own name, which would otherwise be taken for a product; null where the files share none. */
function commonFolder(paths: readonly (readonly string[])[]): string | null {
  const first = paths[0]?.[0];
  return first !== undefined && paths.every((path) => path.length > 1 && path[0] === first) ? first : null;
}

async function place(file: File, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const source = onDisk.get(file);
  if (source === undefined) {
    await pipeline(Readable.fromWeb(file.stream() as ReadableStream), createWriteStream(target, { flags: "wx" }));
  } else {
    await rename(source, target);
  }
}

/**
 * Puts the files of an upload into a fresh folder below `uploadFolder`.
 * @param paths path of each file; its name where left out
 * @returns the folder, and what to call the whole
 * @throws ShelfmatchError INVALID_INPUT, DISK_FULL; then nothing stays behind
 */
export async function spoolUpload(
  uploadFolder: string,
  files: readonly File[],
  paths: readonly string[] | undefined,
): Promise<{ folder: string; name: string }> {
  if (paths !== undefined && paths.length !== files.length) {
    const message = `The upload has ${files.length} files and ${paths.length} paths: send one path a file, or none.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  }
  const segments = files.map((file, i) => safeSegments(paths?.[i] ?? file.name));
  const common = paths === undefined ? null : commonFolder(segments);
  const relative = segments.map((each) => (common === null ? each : each.slice(1)).join("/"));
  const seen = new Set<string>();
  const twice = relative.find((each) => seen.size === seen.add(each).size);
  if (twice !== undefined) {
    throw new ShelfmatchError(
      "INVALID_INPUT",
      `The upload has two files called "${twice}": send \`paths\` to tell them apart.`,
    );
  }
  const folder = join(uploadFolder, randomUUID());
  try {
    for (const [i, file] of files.entries()) await place(file, join(folder, relative[i] ?? ""));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    throw new ShelfmatchError("DISK_FULL", "The upload does not fit on the disk. Make room, then send it again.", {
      cause: error,
    });
  }
  const first = files.length === 1 ? relative[0] : undefined;
  return { folder, name: common ?? first ?? `${files.length} files` };
}

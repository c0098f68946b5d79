import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { DesktopEvent } from "../../shared/desktop/calls.ts";

/** Files that come from outside the pages: "open with", a second start, the dock, the menu. */

const PICTURES = new Set([".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff", ".heic", ".heif"]);
const CATALOGUES = new Set([".csv", ".tsv", ".jsonl", ".ndjson", ".zip"]);
export const PICTURE_EXTENSIONS = [...PICTURES].map((extension) => extension.slice(1));
export const CATALOGUE_EXTENSIONS = [...CATALOGUES].map((extension) => extension.slice(1));
/** What is no picture is not read into memory to find that out. The engine has its own, lower limit. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What a page is to do with a file; pictures are read, lists are named to the engine. */
export async function openedFile(path: string): Promise<DesktopEvent> {
  const name = basename(path);
  try {
    const found = await stat(path);
    if (found.isDirectory() || CATALOGUES.has(extname(path).toLowerCase())) return { kind: "catalogue", path };
    if (!PICTURES.has(extname(path).toLowerCase()))
      return {
        kind: "problem",
        message: `${name} is neither a picture nor a list of products: Shelfmatch can't open it.`,
      };
    if (found.size > MOST_BYTES)
      return { kind: "problem", message: `${name} is too large to be a photo: use a smaller copy.` };
    return { kind: "picture", name, bytes: new Uint8Array(await readFile(path)) };
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return {
      kind: "problem",
      message: `${name} can't be read (${reason}). Check that it is there and that you may open it.`,
    };
  }
}

import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import pLimit from "p-limit";
import type { DataOverview } from "../../shared/contract/data.ts";
import { isAbsent } from "../lib/absent.ts";
import { BACKED_UP_PLACES, isReplaced, partOf } from "./layout.ts";

/** Looks at files that come and go while it looks. */

const LOOKS_AT_ONCE = 32;

/** @returns null where there is none, or none any more */
async function sizeOf(file: string): Promise<number | null> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Every file below a place of the folder (or the place, where it is a file), by its path with forward slashes. */
export async function filesIn(folder: string, place: string): Promise<string[]> {
  const root = join(folder, place);
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((file) => relative(folder, file).split(sep).join("/")).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return [place];
    throw error;
  }
}

/** Everything that backups are made of. */
export async function backedUpPlaces(folder: string): Promise<string[]> {
  return (await Promise.all(BACKED_UP_PLACES.map((place) => filesIn(folder, place)))).flat();
}

/** @returns bytes of each file; one that is gone counts as none */
export async function sizesOf(folder: string, paths: readonly string[]): Promise<number[]> {
  const limit = pLimit(LOOKS_AT_ONCE);
  return Promise.all(paths.map((path) => limit(async () => (await sizeOf(join(folder, path))) ?? 0)));
}

/** What the folder takes, by part; of what restores have put aside nothing. */
export async function usageOf(folder: string): Promise<DataOverview["parts"]> {
  const names = (await readdir(folder)).filter(isReplaced);
  const paths = (await Promise.all(names.map((name) => filesIn(folder, name)))).flat();
  const sizes = await sizesOf(folder, paths);
  const parts = new Map<DataOverview["parts"][number]["name"], { bytes: number; files: number }>();
  for (const [i, path] of paths.entries()) {
    const part = partOf(path);
    const sum = parts.get(part) ?? { bytes: 0, files: 0 };
    parts.set(part, { bytes: sum.bytes + (sizes[i] ?? 0), files: sum.files + 1 });
  }
  return [...parts].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.bytes - a.bytes);
}

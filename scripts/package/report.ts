import { lstatSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";

/** Says what was made, how large it is, and what makes it so. */

/** Bytes of what lies there; links are not followed. */
export function bytesOf(path: string): number {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

/** Folders whose parts are named one by one. */
const OPENED = /^(resources(\/shelfmatch(\/(triton|node_modules(\/(@[^/]+|node-[^/]+))?))?)?)?$/;

/** The parts of an unpacked app, largest first, each named by its path. */
export function partsOf(folder: string): { path: string; bytes: number }[] {
  const walk = (path: string): { path: string; bytes: number }[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const at = join(path, entry.name);
      const name = relative(folder, at).replaceAll("\\", "/");
      return entry.isDirectory() && OPENED.test(name) ? walk(at) : [{ path: name, bytes: bytesOf(at) }];
    });
  return walk(folder).sort((a, b) => b.bytes - a.bytes);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const SHOWN = 15;

/** @param made files @param unpacked folder of the app as it runs */
export function report(made: readonly string[], unpacked: string): void {
  const lines = made.map((path) => `${path}: ${megabytes(bytesOf(path))}`);
  const parts = partsOf(unpacked);
  const rest = parts.slice(SHOWN).reduce((sum, { bytes }) => sum + bytes, 0);
  const shown = parts.slice(0, SHOWN).map(({ path, bytes }) => `${megabytes(bytes).padStart(10)}  ${path}`);
  console.log([...lines, `${unpacked}: ${megabytes(bytesOf(unpacked))}, of it`, ...shown].join("\n"));
  if (rest > 0) console.log(`${megabytes(rest).padStart(10)}  ${parts.length - SHOWN} others in ${basename(unpacked)}`);
}

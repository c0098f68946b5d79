import { readdirSync } from "node:fs";
import { extname, join } from "node:path";

/** The built pages. Only files that were found by listing their folder are served: no request makes a path. */

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

export type FindFile = (pathname: string) => { path: string; type: string } | null;

function* filesBelow(folder: string, prefix: string): Generator<[string, string]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, `${prefix}${entry.name}/`);
    // No links: one could lead out of the folder.
    else if (entry.isFile()) yield [`${prefix}${entry.name}`, path];
  }
}

/**
 * Finds the file for a path of app://: by its name, or `index.html` for the address of a page.
 * @param folder of the built pages
 */
export function appFiles(folder: string): FindFile {
  const files = new Map(filesBelow(folder, "/"));
  return (pathname) => {
    const isPage = !(pathname.split("/").at(-1) ?? "").includes(".");
    const name = files.has(pathname) ? pathname : isPage ? "/index.html" : "";
    const path = files.get(name);
    if (path === undefined) return null;
    return { path, type: TYPES[extname(name)] ?? "application/octet-stream" };
  };
}

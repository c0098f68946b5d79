import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { Context } from "hono";

/** The built renderer. Only files that were found by listing its folder are served: no request makes a path. */

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

async function listFiles(folder: string): Promise<Map<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(paths.map((path) => [`/${relative(folder, path).split(sep).join("/")}`, path]));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
}

/** Whether a path is the address of a page rather than of a file. */
export function isPageAddress(path: string): boolean {
  return !(path.split("/").at(-1) ?? "").includes(".");
}

const NOT_BUILT = "The pages are not built. `npm start` builds them; the API is at /api/docs meanwhile.\n";

/** A handler that answers with a file of `folder`, or with `index.html` for the address of a page. */
export async function pages(folder: string): Promise<(c: Context) => Promise<Response>> {
  let files = await listFiles(folder);
  return async (c) => {
    if (files.size === 0) files = await listFiles(folder);
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return c.text("Not found.\n", 404);
    const isAddress = isPageAddress(c.req.path);
    const name = files.has(c.req.path) ? c.req.path : isAddress ? "/index.html" : null;
    const path = name === null ? undefined : files.get(name);
    if (path === undefined || name === null) {
      return isAddress ? c.text(NOT_BUILT, 503) : c.text("Not found.\n", 404);
    }
    const bytes = await readFile(path);
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    // The build puts a hash of the content into the names below assets/.
    c.header("cache-control", name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    c.header("etag", etag);
    if (c.req.header("if-none-match") === etag) return c.body(null, 304);
    return c.body(new Uint8Array(bytes), 200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
  };
}

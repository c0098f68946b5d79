import type { Readable } from "node:stream";
import type { Problem } from "./problem.ts";

/** Files of an import, wherever they are: in a folder, or in an archive. */

export interface SourceFile {
  /** Relative to the import, with `/`. */
  path: string;
  bytes: number;
  /** Its path on this machine; absent in an archive. */
  place?: string;
  open(): Promise<Readable>;
}

export interface SourceFiles {
  /** Every file, sorted as people sort, without what systems put there (`.DS_Store`, `__MACOSX`, ...). */
  list(): Promise<string[]>;
  /** The file of a relative path, or why it can't be had: outside, missing, not readable. */
  find(path: string): Promise<SourceFile | Problem>;
  /** Files that were refused while they were listed. */
  readonly refused: readonly (Problem & { path: string })[];
  close(): Promise<void>;
}

/**
 * Segments of a path that stays inside the import, or why it does not. Both separators are taken, for tables that were
 * written on Windows.
 */
export function insideSegments(path: string): string[] | Problem {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    return outside(
      path,
      "is a web address, and pictures from the web are not fetched in this import. Allow them, or save the picture beside the file",
    );
  }
  const segments = path.replaceAll("\\", "/").split("/");
  if (/^([/\\]|[a-z]:)/i.test(path) || path.includes("\0")) {
    return outside(path, "is not relative to the import. Name pictures relative to the file");
  }
  if (segments.includes("..")) {
    return outside(path, "leads out of the import. Put the picture beside the file");
  }
  return segments.filter((segment) => segment !== "" && segment !== ".");
}

export function outside(path: string, why: string): Problem {
  return { code: "PICTURE_OUTSIDE", message: `"${path.slice(0, 300)}" ${why} and import again.` };
}

export function missing(path: string): Problem {
  const message = `There is no file "${path.slice(0, 300)}" in the import. Check the name, or put the picture there, and import again.`;
  return { code: "PICTURE_MISSING", message };
}

/** Names that systems leave in folders and archives. */
export function isSystemFile(segments: readonly string[]): boolean {
  return segments.some(
    (segment) => segment.startsWith(".") || segment === "__MACOSX" || /^(thumbs\.db|desktop\.ini)$/i.test(segment),
  );
}

const byPeople = new Intl.Collator("en", { numeric: true, sensitivity: "variant" });

export function sortPaths(paths: string[]): string[] {
  return paths.sort(byPeople.compare);
}

/** The path as it is, and as other systems spell its accents. */
export function spellings(path: string): string[] {
  return [...new Set([path, path.normalize("NFC"), path.normalize("NFD")])];
}

export async function readAll(file: SourceFile): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

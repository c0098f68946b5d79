import { createReadStream, type Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import {
  insideSegments,
  isSystemFile,
  missing,
  outside,
  type SourceFile,
  type SourceFiles,
  sortPaths,
  spellings,
} from "./files.ts";
import type { Problem } from "./problem.ts";

/**
 * Files below a folder.
 *
 * @param trusted a folder of the user's own machine, where a link may lead elsewhere; in an upload it may not
 */
export async function openFolderFiles(folder: string, trusted: boolean): Promise<SourceFiles> {
  const root = await realpath(folder);
  const refused: (Problem & { path: string })[] = [];

  async function findOne(segments: readonly string[], path: string): Promise<SourceFile | Problem> {
    const full = join(root, ...segments);
    try {
      const real = await realpath(full);
      if (!trusted && relative(root, real).split(sep)[0] === "..") {
        return outside(path, "is a link that leads out of the upload. Send the picture itself");
      }
      const found = await stat(real);
      if (found.isDirectory()) {
        const message = `"${path}" is a folder${real === full ? "" : " behind a link, which is not followed"}. Name the pictures in it, or import it by itself.`;
        return { code: "PICTURE_MISSING", message };
      }
      if (!found.isFile()) return missing(path);
      return { path: segments.join("/"), bytes: found.size, place: real, open: async () => createReadStream(real) };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ELOOP") return missing(path);
      if (code !== "EACCES" && code !== "EPERM") throw error;
      const message = `"${path}" can't be opened. Check the file's permissions and import again.`;
      return { code: "FILE_NOT_READABLE", message };
    }
  }

  /** A folder below that may not be opened costs what is in it, and not the import. */
  async function entriesOf(segments: readonly string[]): Promise<Dirent[]> {
    try {
      return await readdir(join(root, ...segments), { withFileTypes: true });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (segments.length === 0 || (code !== "EACCES" && code !== "EPERM")) throw error;
      const path = segments.join("/");
      const message = `The folder "${path}" can't be opened. Check its permissions and import again.`;
      refused.push({ path, code: "FILE_NOT_READABLE", message });
      return [];
    }
  }

  async function walk(segments: readonly string[], found: string[]): Promise<void> {
    for (const entry of await entriesOf(segments)) {
      const below = [...segments, entry.name];
      if (isSystemFile([entry.name])) continue;
      if (entry.isDirectory()) await walk(below, found);
      else if (entry.isFile()) found.push(below.join("/"));
      else if (entry.isSymbolicLink()) {
        const file = await findOne(below, below.join("/"));
        if ("open" in file) found.push(below.join("/"));
        else refused.push({ path: below.join("/"), ...file });
      }
    }
  }

  return {
    refused,
    async list() {
      const found: string[] = [];
      await walk([], found);
      return sortPaths(found);
    },
    async find(path) {
      const segments = insideSegments(path);
      if (!Array.isArray(segments)) return segments;
      let answer: SourceFile | Problem = missing(path);
      // As it is written first: on Unix a backslash may be part of a name.
      for (const spelling of [path, ...spellings(segments.join("/"))]) {
        answer = await findOne(spelling.split("/"), path);
        if (!("code" in answer) || answer.code !== "PICTURE_MISSING") return answer;
      }
      return answer;
    },
    async close() {},
  };
}

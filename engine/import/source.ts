import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ImportOptions } from "../../shared/contract/imports.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { insideSegments, type SourceFile, type SourceFiles } from "./files.ts";
import { openFolderFiles } from "./folder-files.ts";
import type { Mapping } from "./mapping.ts";
import { readPictureFolder } from "./picture-folder.ts";
import type { ImportSource } from "./port.ts";
import type { DecimalMark } from "./price.ts";
import type { Problem } from "./problem.ts";
import type { RecordReader } from "./record.ts";
import type { BadRow, SourceRow } from "./row.ts";
import { isTableName, openRecords } from "./table.ts";
import { readTable } from "./table-rows.ts";
import { openZipFiles } from "./zip-files.ts";

/** How a table is read. */
export interface Reading {
  mapping: Mapping;
  options: ImportOptions;
}

export interface Surveyed {
  format: string;
  total: number;
  mark: DecimalMark;
}

/** What is imported, found out: a table, an archive or folder with a table in it, or pictures alone. */
export interface OpenedSource {
  /** The table; null where there are pictures alone. */
  table: RecordReader | null;
  /** Counts the rows and finds out the decimal mark. @throws ShelfmatchError IMPORT_UNREADABLE */
  survey(reading: Reading, signal: AbortSignal): Promise<Surveyed>;
  /** Always the same rows in the same order. */
  rows(reading: Reading, mark: DecimalMark): AsyncIterable<SourceRow | BadRow>;
  /** A picture as a row names it. */
  find(image: string): Promise<SourceFile | Problem>;
  /** Files that were refused or passed over. */
  refused: SourceFiles["refused"];
  leftOut: readonly string[];
  close(): Promise<void>;
}

/** A zip may unpack to this many times the largest upload. */
const UNPACKED_UPLOADS = 16;

/** @throws ShelfmatchError FILE_NOT_FOUND, FILE_NOT_READABLE, IMPORT_UNREADABLE */
export async function openSource(source: ImportSource, uploadBytes: number): Promise<OpenedSource> {
  if (source.kind === "upload") return openUpload(source.folder, source.name, uploadBytes);
  const { path } = source;
  const name = basename(path);
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await openTree(await openFolderFiles(path, true), "folder", name);
    // Opening a pipe would wait for its other end, for ever.
    if (!found.isFile()) {
      const message = `${name} is a pipe or a device. Save what comes from it as a file and import that.`;
      throw new ShelfmatchError("IMPORT_UNREADABLE", message);
    }
    if (/\.zip$/i.test(path))
      return await openTree(await openZipFiles(path, UNPACKED_UPLOADS * uploadBytes), "zip", name);
    if (!isTableName(path)) throw unknownKind(name);
    return await openTableIn(await openFolderFiles(dirname(path), true), name);
  } catch (error) {
    throw toSourceError(error, path);
  }
}

async function openUpload(folder: string, name: string, uploadBytes: number): Promise<OpenedSource> {
  const files = await openFolderFiles(folder, false);
  const [only, ...more] = await files.list();
  if (only !== undefined && more.length === 0) {
    if (/\.zip$/i.test(only)) {
      return openTree(await openZipFiles(join(folder, only), UNPACKED_UPLOADS * uploadBytes), "zip", name);
    }
    if (isTableName(only)) return openTableIn(files, only);
  }
  return openTree(files, "folder", name);
}

async function openTree(files: SourceFiles, kind: "folder" | "zip", name: string): Promise<OpenedSource> {
  try {
    const paths = await files.list();
    const table = findTable(paths, name);
    if (table !== null) return await openTableIn(files, table);
    const { rows, nameless, leftOut } = readPictureFolder(paths);
    const [refused] = files.refused;
    const total = nameless.length + rows.length;
    if (total === 0 && refused !== undefined) {
      const more = files.refused.length === 1 ? "" : ` ${files.refused.length - 1} more files were refused.`;
      throw new ShelfmatchError("IMPORT_UNREADABLE", `${name} holds nothing to import: ${refused.message}${more}`);
    }
    if (total === 0) {
      throw new ShelfmatchError(
        "IMPORT_UNREADABLE",
        `${name} has neither a table of products (products.csv, products.jsonl) nor pictures. Put one of them in and try again.`,
      );
    }
    const others = leftOut.length === 0 ? "" : `; files that are no pictures, left out: ${leftOut.length}`;
    return {
      table: null,
      survey: async () => ({ format: `pictures in a ${kind}${others}`, total, mark: "point" }),
      rows: async function* () {
        yield* nameless;
        yield* rows;
      },
      find: (image) => files.find(image),
      refused: files.refused,
      leftOut,
      close: () => files.close(),
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function openTableIn(files: SourceFiles, path: string): Promise<OpenedSource> {
  const file = await files.find(path);
  if (!("open" in file)) throw new ShelfmatchError("FILE_NOT_READABLE", file.message);
  const table = await openRecords(file);
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  return {
    table,
    ...readTable(table, path),
    find: async (image) => {
      const segments = insideSegments(image);
      return Array.isArray(segments) ? files.find(folder + image) : segments;
    },
    refused: files.refused,
    leftOut: [],
    close: () => files.close(),
  };
}

/** The table of a folder or archive: the one nearest its root, one called `products` before others. */
function findTable(paths: readonly string[], name: string): string | null {
  const tables = paths.filter((path) => isTableName(path) && !/\.(txt|tab)$/i.test(path));
  const depthOf = (path: string) => path.split("/").length;
  const nearest = Math.min(...tables.map(depthOf));
  const top = tables.filter((path) => depthOf(path) === nearest);
  const [first, second] = top.filter((path) => /(^|\/)products\.[^/]+$/i.test(path));
  if (first !== undefined && second === undefined) return first;
  if (top.length <= 1) return top[0] ?? null;
  throw new ShelfmatchError(
    "IMPORT_UNREADABLE",
    `${name} has several tables (${top.slice(0, 5).join(", ")}). Call the one to import products.csv, or import it by itself.`,
  );
}

function unknownKind(name: string): ShelfmatchError {
  return new ShelfmatchError(
    "IMPORT_UNREADABLE",
    `${name} is none of .csv, .tsv, .jsonl, .xlsx, .parquet, .zip or a folder of pictures. Save it as one of them and try again.`,
  );
}

function toSourceError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new ShelfmatchError("FILE_NOT_FOUND", `There is no ${path}. Check the path and try again.`);
  }
  if (code === "EACCES" || code === "EPERM") {
    return new ShelfmatchError("FILE_NOT_READABLE", `${path} can't be read. Check its permissions and try again.`);
  }
  // A loop of links, a name that is too long, a share that went away.
  if (error instanceof Error && "syscall" in error) {
    return new ShelfmatchError(
      "FILE_NOT_READABLE",
      `${path} can't be read (${error.message}). Mend that and try again.`,
    );
  }
  return error;
}

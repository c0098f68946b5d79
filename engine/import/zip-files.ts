import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline, Transform } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import { ShelfmatchError } from "../../shared/errors.ts";
import {
  insideSegments,
  isSystemFile,
  missing,
  type SourceFile,
  type SourceFiles,
  sortPaths,
  spellings,
} from "./files.ts";
import type { Problem } from "./problem.ts";

/**
 * Files in a zip, read where they lie: nothing is unpacked to the disk, and no name in the archive is ever a path.
 * The limits are on what the archive says it unpacks to, and yauzl stops an entry that unpacks to more than it said.
 */

const MOST_ENTRIES = 1_000_000;
/** Pictures hardly shrink and tables shrink to a tenth; a bomb starts at some hundreds. */
const HIGHEST_RATIO = 100;
/** Below this much there is nothing to fear, whatever the ratio, in bytes. */
const HARMLESS_BYTES = 64 * 1024 * 1024;
const SYMBOLIC_LINK = 0o120000;
const FILE_TYPE = 0o170000;

/**
 * @param mostBytes what the archive may unpack to, in bytes
 * @throws ShelfmatchError IMPORT_UNREADABLE for one that is damaged or a bomb
 */
export async function openZipFiles(path: string, mostBytes: number): Promise<SourceFiles> {
  const name = basename(path);
  const { size } = await stat(path);
  const refused: (Problem & { path: string })[] = [];
  const entries = new Map<string, Entry>();
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { autoClose: false, decodeStrings: false, lazyEntries: true });
    if (zip.entryCount > MOST_ENTRIES) throw unreadable(name, `has ${zip.entryCount} entries`);
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      const file = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (file.endsWith("/")) continue;
      total += entry.uncompressedSize;
      if (total > mostBytes || (total > HARMLESS_BYTES && total > HIGHEST_RATIO * size)) {
        throw unreadable(
          name,
          `unpacks to far more than it holds (over ${Math.round(total / 1e6)} MB), as a zip bomb does`,
        );
      }
      const problem = addEntry(entries, entry, file);
      if (problem !== null) refused.push({ path: file, ...problem });
    }
  } catch (error) {
    zip?.close();
    if (error instanceof ShelfmatchError) throw error;
    throw unreadable(name, `is damaged or no zip (${error instanceof Error ? error.message : String(error)})`);
  }
  const opened = zip;

  return {
    refused,
    async list() {
      return sortPaths([...entries.keys()]);
    },
    async find(asked) {
      const segments = insideSegments(asked);
      if (!Array.isArray(segments)) return segments;
      for (const spelling of spellings(segments.join("/"))) {
        const entry = entries.get(spelling);
        if (entry !== undefined) return toFile(opened, entry, spelling);
      }
      return missing(asked);
    },
    async close() {
      opened.close();
    },
  };
}

function addEntry(entries: Map<string, Entry>, entry: Entry, file: string): Problem | null {
  const segments = insideSegments(file);
  if (!Array.isArray(segments)) return segments;
  if (isSystemFile(segments)) return null;
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK) {
    return { code: "PICTURE_OUTSIDE", message: `"${file}" is a link. Put the file itself into the zip.` };
  }
  if (entry.isEncrypted()) {
    return { code: "FILE_NOT_READABLE", message: `"${file}" is encrypted. Make the zip without a password.` };
  }
  entries.set(segments.join("/"), entry);
  return null;
}

function toFile(zip: ZipFile, entry: Entry, path: string): SourceFile {
  return {
    path,
    bytes: entry.uncompressedSize,
    async open() {
      const unpacked = await zip.openReadStreamPromise(entry);
      // Its own errors arrive at whoever reads the checked stream; there is nothing to add to them here.
      return pipeline(unpacked, sumChecked(path, entry.crc32), () => undefined);
    },
  };
}

/** yauzl counts an entry's bytes and leaves their sum to its caller: a picture that rotted on the disk is none. */
function sumChecked(path: string, wanted: number): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === wanted ? null : new Error(`${path} is damaged in the zip: its checksum is wrong`));
    },
  });
}

function unreadable(name: string, why: string): ShelfmatchError {
  return new ShelfmatchError("IMPORT_UNREADABLE", `${name} ${why}. Make the zip again and try once more.`);
}

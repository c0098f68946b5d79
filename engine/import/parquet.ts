import { open } from "node:fs/promises";
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { z } from "zod";
import { ShelfmatchError } from "../../shared/errors.ts";
import { readAll, type SourceFile } from "./files.ts";
import { VECTORS_COLUMN, VECTORS_KEY } from "./parquet-vectors.ts";
import { plainNumber } from "./plain-number.ts";
import type { BroughtVectors, Cell, RecordReader, TableRecord } from "./record.ts";

/** Parquet, a part of a row group at a time; nested values as JSON, lists of texts as lists. */

const vectorsSchema = z.object({
  fingerprint: z.string(),
  dimensions: z.number().int().positive(),
  views: z.array(z.string()).min(1),
});

/** Rows decoded at once; with embeddings, of four views of 1280 floats a picture. */
const ROWS_AT_ONCE = 2_000;
const ROWS_WITH_VECTORS = 250;
/** Of a file in an archive, which can't be read from the middle. */
const LARGEST_IN_ARCHIVE = 1024 ** 3;

/** @throws ShelfmatchError IMPORT_UNREADABLE */
export async function openParquet(file: SourceFile): Promise<RecordReader> {
  const buffer = await bufferOf(file);
  const metadata = await parquetMetadataAsync(buffer).catch((error: unknown) => {
    throw unreadable(file.path, `can't be read as Parquet (${messageOf(error)})`);
  });
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const said = metadata.key_value_metadata?.find(({ key }) => key === VECTORS_KEY)?.value;
  const vectors = all.includes(VECTORS_COLUMN) ? readVectors(said) : null;
  // Embeddings of nobody knows which encoder are of no use, and no attribute either.
  const columns = all.filter((name) => name !== VECTORS_COLUMN);
  const rows = Number(metadata.num_rows);
  const step = all.includes(VECTORS_COLUMN) ? ROWS_WITH_VECTORS : ROWS_AT_ONCE;
  return {
    describe: () =>
      `Parquet${all.includes(VECTORS_COLUMN) ? ` with embeddings${vectors === null ? " of an unknown encoder" : ""}` : ""}`,
    columns,
    rows,
    vectors,
    async *records() {
      for (let start = 0; start < rows; start += step) {
        const wanted = vectors === null ? columns : [...columns, VECTORS_COLUMN];
        const read = await parquetReadObjects({
          ...{ file: buffer, metadata, compressors, columns: wanted },
          ...{ rowStart: start, rowEnd: Math.min(rows, start + step) },
        }).catch((error: unknown) => {
          throw unreadable(file.path, `is damaged (${messageOf(error)})`);
        });
        for (const [at, row] of read.entries()) {
          const record: TableRecord = {
            line: start + at + 1,
            columns,
            cells: columns.map((name) => cellOf(row[name])),
          };
          const numbers: unknown = row[VECTORS_COLUMN];
          const isList = Array.isArray(numbers) || numbers instanceof Float32Array;
          yield isList ? { ...record, vectors: Float32Array.from(numbers as ArrayLike<number>) } : record;
        }
      }
    },
  };
}

function readVectors(text: string | undefined): BroughtVectors | null {
  if (text === undefined) return null;
  try {
    return vectorsSchema.parse(JSON.parse(text));
  } catch {
    // Said in the format's words: an unknown encoder.
    return null;
  }
}

async function bufferOf(file: SourceFile): Promise<AsyncBuffer> {
  const { path: name, bytes, place } = file;
  if (place === undefined) {
    if (bytes > LARGEST_IN_ARCHIVE)
      throw unreadable(name, "is too large to be read out of an archive: import it by itself");
    const whole = await readAll(file);
    const { buffer } = whole.byteLength === whole.buffer.byteLength ? whole : whole.slice();
    return { byteLength: buffer.byteLength, slice: (start, end) => (buffer as ArrayBuffer).slice(start, end) };
  }
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const handle = await open(place, "r");
      try {
        const part = new Uint8Array(end - start);
        const { bytesRead } = await handle.read(part, 0, part.length, start);
        if (bytesRead < part.length) throw new Error(`it ends at byte ${start + bytesRead}`);
        return part.buffer;
      } finally {
        await handle.close();
      }
    },
  };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return plainNumber(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  if (typeof value === "object") {
    return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? String(one) : one));
  }
  return String(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreadable(name: string, why: string): ShelfmatchError {
  return new ShelfmatchError("IMPORT_UNREADABLE", `${name} ${why}. Write the file again and try once more.`);
}

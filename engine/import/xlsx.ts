import { Readable } from "node:stream";
import { streamXlsxRows } from "hucre/xlsx";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { SourceFile } from "./files.ts";
import { uniqueColumns } from "./mapping.ts";
import { plainNumber } from "./plain-number.ts";
import type { RecordReader, TableRecord } from "./record.ts";

/** Excel workbooks: the first sheet, its first row that is not empty the header. Rows come one by one out of the zip. */

/** hucre's readers stop at it as well: a workbook that unpacks to more is none. */
const LARGEST_BYTES = 512 * 1024 * 1024;
const HEADER_WITHIN_ROWS = 50;

/** @throws ShelfmatchError IMPORT_UNREADABLE */
export async function openXlsx(file: SourceFile): Promise<RecordReader> {
  if (file.bytes > LARGEST_BYTES) {
    throw unreadable(file.path, `has ${Math.round(file.bytes / 1e6)} MB; ${LARGEST_BYTES / 1024 ** 2} MiB are read`);
  }
  const open = async () =>
    streamXlsxRows(Readable.toWeb(await file.open()) as ReadableStream<Uint8Array>, { maxInputBytes: LARGEST_BYTES });

  let header: { line: number; cells: string[] } | null = null;
  try {
    for await (const { index, values } of await open()) {
      const cells = values.map(textOf);
      if (cells.some((cell) => cell.trim() !== "")) {
        header = { line: index + 1, cells };
        break;
      }
      if (index > HEADER_WITHIN_ROWS) break;
    }
  } catch (error) {
    throw unreadable(file.path, `can't be read as an Excel workbook (${messageOf(error)})`);
  }
  if (header === null) throw unreadable(file.path, "has no rows in its first sheet");
  while (header.cells.at(-1)?.trim() === "") header.cells.pop();
  const columns = uniqueColumns(header.cells);
  const headerLine = header.line;

  return {
    describe: (mark) => `Excel; decimal mark of prices that are texts: ${mark}`,
    columns,
    rows: null,
    vectors: null,
    async *records() {
      try {
        for await (const { index, values } of await open()) {
          const line = index + 1;
          if (line <= headerLine) continue;
          const cells = columns.map((_, at) => textOf(values[at]));
          if (cells.every((cell) => cell.trim() === "")) continue;
          yield { line, columns, cells } satisfies TableRecord;
        }
      } catch (error) {
        throw unreadable(file.path, `is damaged (${messageOf(error)})`);
      }
    },
  };
}

/** As a person reads the cell; a number in full, never as 1.2E+12, because it may be a barcode. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().replace(/T00:00:00\.000Z$/, "");
  if (typeof value === "number") return plainNumber(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreadable(name: string, why: string): ShelfmatchError {
  return new ShelfmatchError(
    "IMPORT_UNREADABLE",
    `${name} ${why}. Save it again as .xlsx or as CSV, and try once more.`,
  );
}

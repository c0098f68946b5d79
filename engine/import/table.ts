import { ShelfmatchError } from "../../shared/errors.ts";
import { type Column, type Field, knownColumns } from "./columns.ts";
import { type CsvShape, DELIMITER_NAMES, readRecords, readShape } from "./csv.ts";
import type { SourceFile } from "./files.ts";
import { keysOf, readJsonLines } from "./jsonl.ts";
import { uniqueColumns } from "./mapping.ts";
import type { RecordReader, TableRecord } from "./record.ts";
import type { BadRow } from "./row.ts";
import { decodeText, detectEncoding } from "./text-encoding.ts";

/** A table of products, of whichever kind: CSV, JSON Lines, Excel, Parquet. */

/** A header longer than this is none. */
const HEAD_CHARACTERS = 64 * 1024;
/** Lines of a file of JSON Lines that are looked through for keys. */
const KEY_LINES = 1_000;

export function isTableName(name: string): boolean {
  return /\.(csv|tsv|tab|txt|jsonl|ndjson|xlsx|xlsm|parquet)$/i.test(name);
}

/** @throws ShelfmatchError IMPORT_UNREADABLE */
export async function openRecords(file: SourceFile): Promise<RecordReader> {
  // Their libraries are loaded by whoever needs them: most starts of the engine import nothing.
  if (/\.xls[xm]$/i.test(file.path)) return (await import("./xlsx.ts")).openXlsx(file);
  if (/\.parquet$/i.test(file.path)) return (await import("./parquet.ts")).openParquet(file);
  const encoding = await detectEncoding(await file.open());
  const open = async function* () {
    yield* decodeText(await file.open(), encoding);
  };
  const common = { rows: null, vectors: null };
  if (/\.(jsonl|ndjson)$/i.test(file.path)) {
    return {
      ...common,
      describe: () => `JSON Lines; encoding: ${encoding.name}`,
      columns: await keysOf(readJsonLines(open()), KEY_LINES),
      records: () => readJsonLines(open()),
    };
  }
  const shape = readShape(await headOf(open()), file.path);
  const columns = uniqueColumns(shape.header);
  const delimiter = DELIMITER_NAMES[shape.delimiter] ?? `"${shape.delimiter}"`;
  return {
    ...common,
    describe: (mark) => `CSV; delimiter: ${delimiter}; decimal mark: ${mark}; encoding: ${encoding.name}`,
    columns,
    records: () => csvRecords(open, shape, columns),
  };
}

async function* csvRecords(
  open: () => AsyncIterable<string>,
  shape: CsvShape,
  columns: readonly string[],
): AsyncGenerator<TableRecord | BadRow> {
  const width = columns.length;
  for await (const record of readRecords(open, shape)) {
    const { line } = record;
    const bad = (at: number | null, why: string, cells?: string[]): BadRow => ({
      line,
      column: at === null ? null : (shape.header[at] ?? `column ${at + 1}`),
      code: "ROW_BROKEN",
      message: `The row can't be read: ${why}. Correct it and import again.`,
      ...(cells === undefined ? {} : { record: { line, columns, cells } }),
    });
    if ("broken" in record) {
      yield bad(record.column, record.broken);
      continue;
    }
    const { cells } = record;
    // Spreadsheets pad rows with empty cells.
    while (cells.length > width && cells.at(-1)?.trim() === "") cells.pop();
    if (cells.length !== width) {
      const whole = columns.map((_, at) => cells[at] ?? "");
      yield bad(Math.min(width, cells.length), `it has ${cells.length} cells, the header has ${width}`, whole);
    } else yield { line, columns, cells };
  }
}

/**
 * That some column says which product a row is.
 * @throws ShelfmatchError IMPORT_UNREADABLE, naming the columns that there are
 */
export function assertKeyed(name: string, columns: readonly string[], fields: readonly Field[]): void {
  const known: ReadonlySet<Column> = knownColumns(fields);
  if (known.has("sku") || known.has("name")) return;
  const found = columns.map((text) => text.slice(0, 40)).slice(0, 12);
  throw new ShelfmatchError(
    "IMPORT_UNREADABLE",
    `${name} has neither a column "sku" nor a column "name" in its first row (found: ${found.join(", ")}). Name one of them so, or say which column is which, and try again.`,
    { details: { missing: ["sku", "name"], found } },
  );
}

async function headOf(text: AsyncIterable<string>): Promise<string> {
  let head = "";
  for await (const piece of text) {
    head += piece;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  return head.slice(0, HEAD_CHARACTERS);
}

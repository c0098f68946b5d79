import { ShelfmatchError } from "../../shared/errors.ts";
import { type CsvShape, DELIMITER_NAMES, readRecords, readShape } from "./csv.ts";
import type { SourceFile } from "./files.ts";
import { readJsonLines } from "./jsonl.ts";
import { DecimalMarkVote } from "./price.ts";
import { type BadRow, type RawRow, readRow, type SourceRow } from "./row.ts";
import { decodeText, detectEncoding, type Encoding } from "./text-encoding.ts";

/** A table of products: CSV or JSON Lines, read twice - once to find out what it is, once for its rows. */

export interface Table {
  /** Counts the rows and finds out the decimal mark; to be called first. */
  survey(signal: AbortSignal): Promise<{ format: string; total: number }>;
  rows(): AsyncGenerator<SourceRow | BadRow>;
}

/** A header longer than this is none. */
const HEAD_CHARACTERS = 64 * 1024;

export function isTableName(name: string): boolean {
  return /\.(csv|tsv|tab|txt|jsonl|ndjson)$/i.test(name);
}

/** @throws ShelfmatchError IMPORT_UNREADABLE */
export async function openTable(file: SourceFile): Promise<Table> {
  const encoding = await detectEncoding(await file.open());
  const open = async function* () {
    yield* decodeText(await file.open(), encoding);
  };
  const vote = new DecimalMarkVote();
  const isJson = /\.(jsonl|ndjson)$/i.test(file.path);
  const shape = isJson ? null : readShape(await headOf(open()), file.path);
  const rawRows = () => (shape === null ? readJsonLines(open()) : readCsvRows(open, shape));
  return {
    async survey(signal) {
      let total = 0;
      for await (const row of rawRows()) {
        signal.throwIfAborted();
        total += 1;
        if ("values" in row) vote.observe(row.values.get("price") ?? "");
      }
      if (total === 0) {
        throw new ShelfmatchError("IMPORT_UNREADABLE", `${file.path} has no rows. Give a file with a row a product.`);
      }
      return { format: describe(shape, encoding, vote), total };
    },
    async *rows() {
      for await (const raw of rawRows()) yield "values" in raw ? readRow(raw, vote.mark) : raw;
    },
  };
}

async function* readCsvRows(open: () => AsyncIterable<string>, shape: CsvShape): AsyncGenerator<RawRow | BadRow> {
  const width = shape.header.length;
  for await (const record of readRecords(open, shape)) {
    const { line } = record;
    const bad = (at: number | null, why: string): BadRow => ({
      line,
      column: at === null ? null : (shape.header[at] ?? `column ${at + 1}`),
      code: "ROW_BROKEN",
      message: `The row can't be read: ${why}. Correct it and import again.`,
    });
    if ("broken" in record) {
      yield bad(record.column, record.broken);
      continue;
    }
    const { cells } = record;
    // Spreadsheets pad rows with empty cells.
    while (cells.length > width && cells.at(-1)?.trim() === "") cells.pop();
    if (cells.length > width) yield bad(width, `it has ${cells.length} cells, the header has ${width}`);
    else if (cells.length < width) yield bad(cells.length, `it has ${cells.length} cells, the header has ${width}`);
    else yield toRawRow(line, cells, shape);
  }
}

function toRawRow(line: number, cells: readonly string[], { fields }: CsvShape): RawRow {
  const values: RawRow["values"] & Map<string, string> = new Map();
  const attributes: Record<string, string> = {};
  let images: string[] | null = null;
  for (const [at, field] of fields.entries()) {
    const cell = cells[at] ?? "";
    if (field.kind === "attribute") attributes[field.name] = cell;
    else if (field.kind === "column" && field.column !== "images") values.set(field.column, cell);
    else if (field.kind === "column")
      images = cell
        .split("|")
        .map((path) => path.trim())
        .filter((path) => path !== "");
  }
  return { line, values, attributes, images };
}

function describe(shape: CsvShape | null, encoding: Encoding, vote: DecimalMarkVote): string {
  if (shape === null) return `JSON Lines; encoding: ${encoding.name}`;
  const delimiter = DELIMITER_NAMES[shape.delimiter] ?? `"${shape.delimiter}"`;
  return `CSV; delimiter: ${delimiter}; decimal mark: ${vote.mark}; encoding: ${encoding.name}`;
}

async function headOf(text: AsyncIterable<string>): Promise<string> {
  let head = "";
  for await (const piece of text) {
    head += piece;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  return head.slice(0, HEAD_CHARACTERS);
}

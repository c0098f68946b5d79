import { CsvError, type Options, Parser } from "csv-parse";
import { parse } from "csv-parse/sync";
import { ShelfmatchError } from "../../shared/errors.ts";
import { knownColumns, readHeader } from "./columns.ts";
import { unescapeFormula } from "./formula.ts";
import { afterLines, countBreaks } from "./lines.ts";

/** CSV as spreadsheets and shops write it: delimiter found out, real line numbers, broken rows stepped over. */

export interface CsvShape {
  delimiter: string;
  header: readonly string[];
  /** 1-based line of the header. */
  headerLine: number;
}

export type CsvRecord =
  | { line: number; cells: string[] }
  /** A row that is not CSV; `column` is its 0-based place in the row, where known. */
  | { line: number; broken: string; column: number | null };

export const DELIMITER_NAMES: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** Characters of one row, at most: a quote that is never closed would otherwise swallow the file. */
const LONGEST_RECORD = 1_000_000;
/** Each broken row costs reading the file again up to it. */
const MOST_BROKEN = 1_000;

const COMMON: Options = {
  relax_column_count: true,
  skip_empty_lines: false,
  record_delimiter: ["\r\n", "\n", "\r"],
  max_record_size: LONGEST_RECORD,
};

/**
 * @param head the file's first characters, the whole header among them
 * @throws ShelfmatchError IMPORT_UNREADABLE for an empty file
 */
export function readShape(head: string, name: string): CsvShape {
  // Excel's own way of naming the delimiter.
  const said = /^sep=(.)(\r\n|\r|\n)/i.exec(head);
  const body = said === null ? head : head.slice(said[0].length);
  const blank = /^([ \t]*(\r\n|\r|\n))*/.exec(body)?.[0] ?? "";
  const headerLine = 1 + (said === null ? 0 : 1) + countBreaks(blank);
  const candidates = said?.[1] === undefined ? Object.keys(DELIMITER_NAMES) : [said[1]];
  const shapes = candidates
    .map((delimiter) => {
      const header = firstRecord(body.slice(blank.length), delimiter);
      return { delimiter, header, known: knownColumns(readHeader(header)), headerLine };
    })
    .sort((a, b) => b.known.size - a.known.size || b.header.length - a.header.length);
  const best = shapes[0];
  if (best === undefined || body.trim() === "") {
    throw new ShelfmatchError("IMPORT_UNREADABLE", `${name} is empty. Give a file with a header and a row a product.`);
  }
  return best;
}

/**
 * The rows after the header. A row that is not CSV (a quote that is not closed, or closed in the middle) is said, and
 * reading goes on at the next line of the file, so that it costs no other row.
 *
 * @param open the file's text from its start; called again after each broken row
 */
export async function* readRecords(open: () => AsyncIterable<string>, shape: CsvShape): AsyncGenerator<CsvRecord> {
  let skip = shape.headerLine - 1;
  let isHeader = true;
  for (let broken = 0; ; broken += 1) {
    const found: string[][] = [];
    const parser = new Parser({
      ...COMMON,
      delimiter: shape.delimiter,
      on_record: (record: string[]) => {
        found.push(record);
        return null;
      },
    });
    // Errors are taken from the callbacks; without a listener the same error would end the process.
    parser.on("error", () => undefined);
    const feed = (text: string | null) =>
      new Promise<Error | null>((resolve) => {
        if (text === null) {
          parser.once("error", resolve);
          parser.once("end", () => resolve(null));
          parser.resume();
          parser.end();
        } else parser.write(text, (error) => resolve(error ?? null));
      });
    let line = skip + 1;
    const take = function* (): Generator<CsvRecord> {
      for (const cells of found.splice(0)) {
        const at = line;
        line += 1 + cells.reduce((sum, cell) => sum + countBreaks(cell), 0);
        const isBlank = cells.every((cell) => cell.trim() === "");
        if (isHeader) isHeader = false;
        else if (!isBlank) yield { line: at, cells: cells.map(unescapeFormula) };
      }
    };
    let error: Error | null = null;
    for await (const text of afterLines(open(), skip)) {
      error = await feed(text);
      yield* take();
      if (error !== null) break;
    }
    error ??= await feed(null);
    yield* take();
    if (error === null) return;
    if (!(error instanceof CsvError)) throw error;
    if (broken >= MOST_BROKEN) {
      throw new ShelfmatchError(
        "IMPORT_UNREADABLE",
        `More than ${MOST_BROKEN} rows are not CSV, the last at line ${line}. Check the quotes and the delimiter, then save the file again.`,
      );
    }
    const column = typeof error.column === "number" ? error.column : null;
    yield { line, broken: reasonOf(error), column };
    skip = line;
  }
}

function firstRecord(text: string, delimiter: string): string[] {
  try {
    const [record] = parse(text, { ...COMMON, delimiter, to: 1, relax_quotes: true }) as string[][];
    return (record ?? []).map((cell) => unescapeFormula(cell.trim()));
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

function reasonOf(error: CsvError): string {
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is opened and never closed";
    case "CSV_MAX_RECORD_SIZE":
      return `it is longer than ${LONGEST_RECORD} characters, or a quote in it is never closed`;
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'a quote is closed in the middle of a cell (write "" for a quote inside a quoted cell)';
    case "INVALID_OPENING_QUOTE":
      return "a quote stands in the middle of a cell that is not quoted";
    default:
      return error.message;
  }
}

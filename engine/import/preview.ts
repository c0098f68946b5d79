import type { ImportFailure, ImportOptions, ImportPreview, MappedColumn } from "../../shared/contract/imports.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { ATTRIBUTE_PREFIX } from "./columns.ts";
import { createMapping, DEFAULT_OPTIONS, targetOf } from "./mapping.ts";
import { DecimalMarkVote } from "./price.ts";
import { failure, isProblem } from "./problem.ts";
import { toRawRow } from "./raw-row.ts";
import { cellText, type RecordReader, type TableRecord } from "./record.ts";
import { type BadRow, readRow } from "./row.ts";
import type { OpenedSource } from "./source.ts";
import { assertKeyed } from "./table.ts";
import { isWebAddress } from "./web/picture-fetcher.ts";

/** The first rows of a source, as they would be read: what a person looks at before anything is written. */

interface PreviewOptions {
  opened: OpenedSource;
  importId: string;
  source: string;
  /** How a person wants it read; null: guess. */
  said: { columns?: readonly MappedColumn[] | undefined; options: ImportOptions; strict?: boolean } | null;
  remembered: { columns: MappedColumn[]; options: ImportOptions } | null;
  webAllowed: boolean;
  vectors: string | null;
}

const SHOWN_ROWS = 8;
/** Looked through for samples, and for the decimal mark. */
const READ_RECORDS = 1_000;
const SAMPLES = 3;
const SAMPLE_CHARACTERS = 80;

/** @throws ShelfmatchError IMPORT_UNREADABLE; where `strict`, also for a table that no column gives keys */
export async function previewOf(options: PreviewOptions): Promise<ImportPreview> {
  const { opened, importId, source, said, remembered, webAllowed, vectors } = options;
  const { table } = opened;
  const reading = said?.options ?? remembered?.options ?? DEFAULT_OPTIONS;
  const common = { importId, source, options: reading, webAllowed, vectors };
  if (table === null) {
    const survey = await opened.survey(
      { mapping: createMapping(null), options: reading },
      new AbortController().signal,
    );
    const rows = await firstPictures(opened);
    return {
      ...{ ...common, format: survey.format, columns: [], decimalMark: "point" },
      ...{ remembered: false, webPictures: 0, rows, problem: null },
    };
  }
  const columns = said?.columns ?? remembered?.columns ?? null;
  const mapping = createMapping(columns);
  const guess = createMapping(null).fieldsOf(table.columns);
  const fields = mapping.fieldsOf(table.columns);
  let problem: string | null = null;
  try {
    assertKeyed(source, table.columns, fields);
  } catch (error) {
    if (said?.strict === true || !(error instanceof ShelfmatchError)) throw error;
    problem = "No column says which product a row is. Choose the column of the SKU, or of the name.";
  }
  const records = await firstRecords(table);
  const price = fields.findIndex((field) => field.kind === "column" && field.column === "price");
  const vote = new DecimalMarkVote();
  for (const record of records) if ("cells" in record && price >= 0) vote.observe(cellOf(record, table.columns[price]));
  const decimalMark = reading.decimalMark === "auto" ? vote.mark : reading.decimalMark;
  const samples = table.columns.map((column) => samplesOf(records, column));
  let webPictures = 0;
  const rows = records.slice(0, SHOWN_ROWS).map((record): ImportPreview["rows"][number] => {
    if (!("cells" in record)) return badPreview(record);
    const row = readRow(toRawRow(record, mapping.fieldsOf(record.columns)), decimalMark, reading);
    if (isProblem(row)) return badPreview(row);
    const { attributes, ...plain } = row.said;
    const shown: [string, string][] = Object.entries(plain).map(([field, value]) => [field, String(value ?? "")]);
    for (const [name, value] of Object.entries(attributes ?? {})) shown.push([ATTRIBUTE_PREFIX + name, value]);
    if (row.images !== null) shown.push(["images", row.images.join(" | ")]);
    webPictures += row.images?.filter(isWebAddress).length ?? 0;
    const problems: ImportFailure[] = row.warnings.map(({ column, ...one }) => failure(row.line, column, one));
    return { line: row.line, sku: row.sku, fields: Object.fromEntries(shown), problems };
  });
  return {
    ...{ ...common, format: table.describe(decimalMark), decimalMark },
    columns: table.columns.map((column, at) => ({
      column,
      target: targetOf(fields[at] ?? { kind: "none" }),
      guessed: targetOf(guess[at] ?? { kind: "none" }),
      samples: samples[at] ?? [],
    })),
    ...{ remembered: said === null && remembered !== null, webPictures, rows, problem },
  };
}

function badPreview(row: BadRow): ImportPreview["rows"][number] {
  return { line: row.line, sku: "", fields: {}, problems: [failure(row.line, row.column, row)] };
}

async function firstRecords(table: RecordReader): Promise<(TableRecord | BadRow)[]> {
  const found: (TableRecord | BadRow)[] = [];
  for await (const record of table.records()) {
    found.push(record);
    if (found.length >= READ_RECORDS) break;
  }
  return found;
}

async function firstPictures(opened: OpenedSource): Promise<ImportPreview["rows"]> {
  const rows: ImportPreview["rows"] = [];
  for await (const row of opened.rows({ mapping: createMapping(null), options: DEFAULT_OPTIONS }, "point")) {
    if (isProblem(row)) rows.push(badPreview(row));
    else {
      const fields: Record<string, string> = { images: (row.images ?? []).join(" | ") };
      if (row.said.category !== undefined) fields.category = row.said.category;
      rows.push({ line: null, sku: row.sku, fields, problems: [] });
    }
    if (rows.length >= SHOWN_ROWS) break;
  }
  return rows;
}

function samplesOf(records: readonly (TableRecord | BadRow)[], column: string): string[] {
  const found = new Set<string>();
  for (const record of records) {
    if (!("cells" in record)) continue;
    const text = cellOf(record, column).trim();
    if (text !== "") found.add(text.length > SAMPLE_CHARACTERS ? `${text.slice(0, SAMPLE_CHARACTERS)}…` : text);
    if (found.size >= SAMPLES) break;
  }
  return [...found];
}

function cellOf(record: TableRecord, column: string | undefined): string {
  const at = column === undefined ? -1 : record.columns.indexOf(column);
  return at < 0 ? "" : cellText(record.cells[at] ?? "");
}

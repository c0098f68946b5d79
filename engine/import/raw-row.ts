import type { Column, Field } from "./columns.ts";
import { type Cell, cellText, type TableRecord } from "./record.ts";
import type { RawRow } from "./row.ts";

/** A record's cells under what its columns hold. */
export function toRawRow(record: TableRecord, fields: readonly Field[]): RawRow {
  const values = new Map<Exclude<Column, "images">, string>();
  const attributes: Record<string, string> = {};
  let images: string[] | null = null;
  for (const [at, field] of fields.entries()) {
    const cell = record.cells[at] ?? "";
    if (field.kind === "attribute") attributes[field.name] = cellText(cell);
    else if (field.kind === "column" && field.column !== "images") values.set(field.column, cellText(cell));
    else if (field.kind === "column") images = [...(images ?? []), ...pathsOf(cell)];
  }
  return { line: record.line, values, attributes, images, record };
}

/** A list has a path each; in a text `|` stands between them. */
function pathsOf(cell: Cell): string[] {
  const paths = typeof cell === "string" ? cell.split("|") : cell;
  return paths.map((path) => path.trim()).filter((path) => path !== "");
}

import { type Column, readHeader } from "./columns.ts";
import { splitLines } from "./lines.ts";
import type { BadRow, RawRow } from "./row.ts";

/** JSON Lines: one object a line, keys as the columns of a table. */

const LONGEST_LINE = 1_000_000;

export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<RawRow | BadRow> {
  let line = 0;
  for await (const content of splitLines(text, LONGEST_LINE)) {
    line += 1;
    if (content !== null && content.trim() === "") continue;
    yield content === null ? broken(line, `is longer than ${LONGEST_LINE} characters`) : readLine(content, line);
  }
}

function readLine(content: string, line: number): RawRow | BadRow {
  let value: unknown;
  try {
    value = JSON.parse(content, exactNumbers);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return broken(line, `is no JSON (${error.message})`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return broken(line, "is no JSON object");

  const entries = Object.entries(value);
  const fields = readHeader(entries.map(([key]) => key));
  const values = new Map<Exclude<Column, "images">, string>();
  const attributes: Record<string, string> = {};
  let images: string[] | null = null;
  for (const [at, [key, content]] of entries.entries()) {
    const field = fields[at];
    if (field?.kind === "column") {
      if (field.column === "images") images = readImages(content);
      else values.set(field.column, toText(content));
    } else if (key === "attributes" && isRecord(content)) {
      for (const [name, attribute] of Object.entries(content)) attributes[name] = toText(attribute);
    } else if (field?.kind === "attribute") attributes[field.name] = toText(content);
  }
  return { line, values, attributes, images };
}

/** Numbers as they are written: `12.10` is a price, and not 12.1. */
function exactNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && context?.source !== undefined ? context.source : value;
}

function readImages(value: unknown): string[] {
  const list = Array.isArray(value) ? value.map(toText) : toText(value).split("|");
  return list.map((path) => path.trim()).filter((path) => path !== "");
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function broken(line: number, what: string): BadRow {
  const message = `Line ${line} ${what}. Write one JSON object a line, such as {"sku":"A-1","name":"Lamp"}.`;
  return { line, column: null, code: "ROW_BROKEN", message };
}

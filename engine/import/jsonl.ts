import { ATTRIBUTE_PREFIX } from "./columns.ts";
import { splitLines } from "./lines.ts";
import type { Cell, TableRecord } from "./record.ts";
import type { BadRow } from "./row.ts";

/** JSON Lines: one object a line, keys as the columns of a table; what is in `attributes` is an attribute each. */

const LONGEST_LINE = 1_000_000;

export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<TableRecord | BadRow> {
  let line = 0;
  for await (const content of splitLines(text, LONGEST_LINE)) {
    line += 1;
    if (content !== null && content.trim() === "") continue;
    yield content === null ? broken(line, `is longer than ${LONGEST_LINE} characters`) : readLine(content, line);
  }
}

/** The keys of the first lines, each once, in the order in which they come. */
export async function keysOf(records: AsyncIterable<TableRecord | BadRow>, lines: number): Promise<string[]> {
  const keys = new Set<string>();
  let read = 0;
  for await (const record of records) {
    if ("columns" in record) for (const key of record.columns) keys.add(key);
    read += 1;
    if (read >= lines) break;
  }
  return [...keys];
}

function readLine(content: string, line: number): TableRecord | BadRow {
  let value: unknown;
  try {
    value = JSON.parse(content, exactNumbers);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return broken(line, `is no JSON (${error.message})`);
  }
  if (!isRecord(value)) return broken(line, "is no JSON object");
  const columns: string[] = [];
  const cells: Cell[] = [];
  for (const [key, content] of Object.entries(value)) {
    if (key === "attributes" && isRecord(content)) {
      for (const [name, attribute] of Object.entries(content)) {
        columns.push(ATTRIBUTE_PREFIX + name);
        cells.push(toText(attribute));
      }
      continue;
    }
    columns.push(key);
    const isList = Array.isArray(content) && content.every((one) => typeof one === "string");
    cells.push(isList ? content : toText(content));
  }
  return { line, columns, cells };
}

/** Numbers as they are written: `12.10` is a price, and not 12.1. */
function exactNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && context?.source !== undefined ? context.source : value;
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

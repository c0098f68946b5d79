import { escapeFormula } from "../import/formula.ts";

/** A line of CSV (RFC 4180) that no spreadsheet takes for formulas. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(toCell).join(",")}\r\n`;
}

function toCell(text: string): string {
  const safe = escapeFormula(text);
  return /[",\r\n;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

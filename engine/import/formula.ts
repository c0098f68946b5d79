/**
 * Cells that a spreadsheet would run as a formula (OWASP, "CSV Injection"): the export puts a ' before them, the import
 * takes it off again. A text that itself starts with ' before such a sign gets one more, so that a round trip is exact.
 */

const NEEDS_ESCAPE = /^'*[=+\-@\t\r]/;
const IS_ESCAPED = /^'+[=+\-@\t\r]/;

export function escapeFormula(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `'${text}` : text;
}

export function unescapeFormula(text: string): string {
  return IS_ESCAPED.test(text) ? text.slice(1) : text;
}

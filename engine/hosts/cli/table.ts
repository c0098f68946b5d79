/** Plain columns for a terminal. Control characters of catalogue data are shown, never sent to the terminal. */

export interface Column {
  title: string;
  /** Characters; longer text is cut with an ellipsis. */
  width: number;
  align?: "left" | "right";
}

export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence in a product's name could rewrite the screen
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

function cell(text: string, { width, align }: Column): string {
  const plain = printable(text);
  const cut = plain.length > width ? `${plain.slice(0, width - 1)}…` : plain;
  return align === "right" ? cut.padStart(width) : cut.padEnd(width);
}

export function tableRow(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map((column, i) => cell(cells[i] ?? "", column))
    .join("  ")
    .trimEnd();
}

export function tableHead(columns: readonly Column[]): string {
  const titles = columns.map(({ title }) => title);
  const rules = columns.map(({ width }) => "─".repeat(width));
  return `${tableRow(columns, titles)}\n${tableRow(columns, rules)}`;
}

export function money(price: string | null, currency: string | null): string {
  return price === null ? "" : `${price} ${currency ?? ""}`.trim();
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

import { setImmediate as breathe } from "node:timers/promises";
import type { BatchItem } from "../../shared/contract/batch.ts";
import { csvLine } from "../lib/csv.ts";

/** A batch as a table: a row an item, in the order in which they came. */

type Cell = string | number | null;

/** The product that it is by now: as decided, else as found. */
const settledOn = ({ decision, verdict, best }: BatchItem) => {
  if (decision !== null) return decision.product;
  return verdict === "none" ? null : best;
};

const COLUMNS: readonly (readonly [title: string, of: (item: BatchItem) => Cell])[] = [
  ["File", ({ file }) => file],
  ["State", ({ state }) => state],
  ["Verdict", ({ verdict }) => verdict],
  ["Confidence", ({ confidence }) => confidence],
  ["SKU", ({ best }) => best?.sku ?? null],
  ["Name", ({ best }) => best?.name ?? null],
  ["Price", ({ best }) => best?.price ?? null],
  ["Currency", ({ best }) => best?.currency ?? null],
  ["Decision", ({ decision }) => decision?.answer ?? null],
  ["Final SKU", (item) => settledOn(item)?.sku ?? null],
  ["Final name", (item) => settledOn(item)?.name ?? null],
  ["Run", ({ runId }) => runId],
  ["Same as item", ({ sameAs }) => sameAs],
  ["Error", ({ error }) => error?.message ?? null],
];

/** The header, then a row an item. */
async function* tableRows(pages: Iterable<readonly BatchItem[]>): AsyncGenerator<Cell[]> {
  yield COLUMNS.map(([title]) => title);
  for (const page of pages) {
    for (const item of page) yield COLUMNS.map(([, of]) => of(item));
    await breathe();
  }
}

/** UTF-8 with a byte order mark, without which Excel takes it for the system's own encoding. */
export async function toCsv(pages: Iterable<readonly BatchItem[]>): Promise<Uint8Array> {
  const lines: string[] = [];
  for await (const row of tableRows(pages)) lines.push(csvLine(row.map((cell) => (cell === null ? "" : String(cell)))));
  return new TextEncoder().encode(`\uFEFF${lines.join("")}`);
}

/** A sheet that can be filtered. Texts are typed as such: Excel takes none of them for a formula. */
export async function toXlsx(pages: Iterable<readonly BatchItem[]>): Promise<Uint8Array> {
  const columns = COLUMNS.map(([title]) => ({
    header: title,
    width: title === "File" || title.includes("ame") ? 32 : 14,
  }));
  // Read when it is asked for: an engine starts without it.
  const { XlsxStreamWriter } = await import("hucre/xlsx");
  const writer = new XlsxStreamWriter({ name: "Batch", columns, freezePane: { rows: 1 } });
  let isHeader = true;
  for await (const row of tableRows(pages)) {
    if (!isHeader) writer.addRow(row);
    isHeader = false;
  }
  return writer.finish();
}

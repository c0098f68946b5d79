import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { printJson, printLine, say } from "../io.ts";
import type { Column } from "../table.ts";
import { money, printable, tableHead, tableRow } from "../table.ts";

const COLUMNS: readonly Column[] = [
  { title: "sku", width: 24 },
  { title: "name", width: 36 },
  { title: "category", width: 18 },
  { title: "price", width: 14, align: "right" },
  { title: "pictures", width: 8, align: "right" },
  { title: "index", width: 8 },
];

export type ListOptions = Partial<
  Pick<ProductQuery, "text" | "category" | "brand" | "barcode" | "confirmed" | "sort">
> & {
  /** Products at most; all of them where left out. */
  limit?: number;
};

const PAGE_SIZE = 500;

export async function listProducts({ io, session, json }: Run, { limit, ...query }: ListOptions): Promise<number> {
  if (!json) await printLine(io, tableHead(COLUMNS));
  const wanted = limit ?? Number.POSITIVE_INFINITY;
  const pageSize = Math.min(PAGE_SIZE, wanted);
  let printed = 0;
  for (let page = 1; printed < wanted; page++) {
    const { items } = await session.client.catalog.list({ ...query, page, pageSize }, { signal: io.signal });
    for (const product of items.slice(0, wanted - printed)) {
      const { sku, name, category, price, currency, pictures, indexState } = product;
      if (json) await printJson(io, product);
      else {
        const cells = [sku, name, category, money(price, currency), String(pictures.length), indexState];
        await printLine(io, tableRow(COLUMNS, cells));
      }
    }
    printed += items.length;
    if (items.length < pageSize) break;
  }
  return EXIT.ok;
}

export async function showProduct({ io, session, json }: Run, sku: string): Promise<number> {
  const product = await session.client.catalog.get({ sku }, { signal: io.signal });
  if (json) {
    await printJson(io, product);
    return EXIT.ok;
  }
  const { attributes, pictures, price, currency, ...plain } = product;
  const fields = { ...plain, price: money(price, currency), ...attributes };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== "") await printLine(io, `${name.padEnd(14)} ${printable(String(value))}`);
  }
  for (const { hash, width, height, origin } of pictures) {
    const confirmed = origin === undefined ? "" : ` confirmed in run ${origin.runId}`;
    await printLine(io, `${"picture".padEnd(14)} ${hash} ${width}x${height}${confirmed}`);
  }
  return EXIT.ok;
}

export async function deleteProducts({ io, session, json }: Run, skus: readonly string[]): Promise<number> {
  let failed = 0;
  for (const sku of skus) {
    try {
      await session.client.catalog.delete({ sku }, { signal: io.signal });
      if (json) await printJson(io, { sku, deleted: true });
      else say(io, `${printable(sku)} is deleted.`);
    } catch (error) {
      failed++;
      const body = failureBody(error);
      if (json) await printJson(io, { sku, deleted: false, error: body });
      else say(io, body.message);
    }
  }
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

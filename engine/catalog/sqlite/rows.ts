import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import {
  indexStateSchema,
  type PictureRef,
  type Product,
  type ProductDraft,
  pictureOriginSchema,
} from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { statement } from "../../lib/sqlite.ts";
import { barcodeKey } from "../barcode.ts";
import { sortKey } from "../fold.ts";
import { plainPrice, priceUnits } from "../money.ts";
import type { ProductOutline } from "../port.ts";

/** Rows of the database as products, checked when they are read back. */

const rowSchema = z.object({
  id: z.number(),
  sku: z.string(),
  name: z.string(),
  category: z.string(),
  price: z.string().nullable(),
  currency: z.string().nullable(),
  brand: z.string(),
  barcode: z.string().nullable(),
  description: z.string(),
  attributes: z.string(),
  revision: z.number(),
  index_state: indexStateSchema,
  index_reason: z.string().nullable(),
  variant_group: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type ProductRow = z.infer<typeof rowSchema>;

const pictureRowSchema = z.object({
  product_id: z.number(),
  hash: z.string(),
  width: z.number(),
  height: z.number(),
  bytes: z.number(),
  origin: z.string().nullable(),
});

/** Where a read of products reads: the row and its long texts. */
export const PRODUCT_SOURCE = "products JOIN product_texts USING (id)";

/** What a read of products selects. The exact price in units is left out: JavaScript numbers can't hold all of them. */
export const PRODUCT_COLUMNS = `id, sku, name, category, price, currency, brand, barcode, description,
  attributes, revision, index_state, index_reason, variant_group, created_at, updated_at`;

export function parseRow(row: unknown): ProductRow {
  const parsed = rowSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new ShelfmatchError(
    "DATA_CORRUPT",
    "A product in the catalogue's database can't be read. Restore the database from a backup, or import the products again.",
    { cause: parsed.error },
  );
}

/** Rows in the order asked. */
export function rowsByIds(db: DatabaseSync, ids: readonly number[]): ProductRow[] {
  return statement(
    db,
    `SELECT ${PRODUCT_COLUMNS} FROM (SELECT key, value AS id FROM json_each(?)) AS asked
       CROSS JOIN products USING (id) JOIN product_texts USING (id) ORDER BY asked.key`,
  )
    .all(JSON.stringify(ids))
    .map(parseRow);
}

/** Rows in the order asked; those that exist. */
export function rowsBySkus(db: DatabaseSync, skus: readonly string[]): ProductRow[] {
  return statement(
    db,
    `SELECT ${PRODUCT_COLUMNS} FROM (SELECT key, value FROM json_each(?)) AS asked CROSS JOIN products ON sku = asked.value
       JOIN product_texts USING (id) ORDER BY asked.key`,
  )
    .all(JSON.stringify(skus))
    .map(parseRow);
}

const outlineSchema = z.object({
  sku: z.string(),
  name: z.string(),
  category: z.string(),
  price: z.string().nullable(),
  currency: z.string().nullable(),
});

export function outlines(db: DatabaseSync, after: string | null, limit: number): ProductOutline[] {
  return statement(db, "SELECT sku, name, category, price, currency FROM products WHERE sku > ? ORDER BY sku LIMIT ?")
    .all(after ?? "", limit)
    .map((row) => outlineSchema.parse(row));
}

/** Joins rows with their pictures, in the rows' order. */
export function toProducts(db: DatabaseSync, rows: readonly ProductRow[]): Product[] {
  const pictures = new Map<number, PictureRef[]>();
  const found = statement(
    db,
    `SELECT product_id, hash, width, height, bytes, origin FROM product_pictures JOIN pictures USING (hash)
       WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY product_id, position`,
  ).all(JSON.stringify(rows.map((row) => row.id)));
  for (const row of found) {
    const { product_id, origin, ...ref } = pictureRowSchema.parse(row);
    const picture = origin === null ? ref : { ...ref, origin: pictureOriginSchema.parse(JSON.parse(origin)) };
    const list = pictures.get(product_id);
    if (list === undefined) pictures.set(product_id, [picture]);
    else list.push(picture);
  }
  return rows.map((row) => ({
    sku: row.sku,
    name: row.name,
    category: row.category,
    price: row.price,
    currency: row.currency,
    brand: row.brand,
    barcode: row.barcode,
    description: row.description,
    attributes: z.record(z.string(), z.string()).parse(JSON.parse(row.attributes)),
    pictures: pictures.get(row.id) ?? [],
    indexState: row.index_state,
    indexReason: row.index_reason,
    ...(row.variant_group === null ? {} : { variantGroup: row.variant_group }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** The draft as the two tables' columns hold it; equal drafts give equal columns. */
export function toColumns(draft: ProductDraft) {
  const barcode = draft.barcode === "" ? null : draft.barcode;
  const price = draft.price === null ? null : plainPrice(draft.price);
  const attributes = Object.entries(draft.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    row: {
      sku: draft.sku,
      name: draft.name,
      name_key: sortKey(draft.name),
      category: draft.category,
      price,
      price_units: price === null ? null : priceUnits(price),
      currency: draft.currency,
      brand: draft.brand,
      barcode,
      barcode_key: barcode === null ? null : barcodeKey(barcode),
    },
    texts: { description: draft.description, attributes: JSON.stringify(Object.fromEntries(attributes)) },
  };
}
export type ProductColumns = ReturnType<typeof toColumns>;

export function isSameDraft(stored: ProductRow, { row, texts }: ProductColumns): boolean {
  return (
    stored.name === row.name &&
    stored.category === row.category &&
    stored.price === row.price &&
    stored.currency === row.currency &&
    stored.brand === row.brand &&
    stored.barcode === row.barcode &&
    stored.description === texts.description &&
    stored.attributes === texts.attributes
  );
}

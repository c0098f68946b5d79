import type { DatabaseSync } from "node:sqlite";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import { barcodeKey } from "../barcode.ts";
import { priceUnits } from "../money.ts";
import { rowsByIds, toProducts } from "./rows.ts";

/** Values of a facet that are listed, most frequent first; chosen ones are listed always. */
const FACET_VALUES = 200;
/** Words of a text that are looked for; the rest of a longer text is left out. */
const QUERY_WORDS = 32;

type Facet = "category" | "brand" | "indexState";
const FACET_COLUMN: Record<Facet, string> = { category: "category", brand: "brand", indexState: "index_state" };

type Value = string | number | bigint;

interface Condition {
  /** The facet that this condition is a choice of: its own counts leave it out. */
  facet: Facet | null;
  sql: string;
  values: Value[];
}

interface Source {
  /** What the query's words leave: all products, or those that have them. */
  from: string;
  conditions: Condition[];
  hasText: boolean;
}

/** @returns null where the text has no word at all: then nothing fits */
function sourceOf(db: DatabaseSync, query: ProductQuery): Source | null {
  const match = query.text === undefined ? null : toMatchExpression(query.text);
  if (match === "") return null;
  const conditions = toConditions(query);
  if (match === null) return { from: "products", conditions, hasText: false };
  // The words are looked up once, not once for the page, the total and each facet.
  db.exec("CREATE TEMP TABLE IF NOT EXISTS word_hits (id INTEGER PRIMARY KEY, rank REAL); DELETE FROM word_hits");
  // Weights a column: sku, name, brand, category, description, barcode.
  const rank = query.sort === "relevance" ? "bm25(product_words, 8.0, 10.0, 5.0, 4.0, 1.0, 8.0)" : "0.0";
  db.prepare(`INSERT INTO word_hits SELECT rowid, ${rank} FROM product_words WHERE product_words MATCH ?`).run(match);
  return { from: "word_hits CROSS JOIN products USING (id)", conditions, hasText: true };
}

/** SKUs of the products that fit, in their order. */
export function listSkus(db: DatabaseSync, query: ProductQuery, window: { offset: number; limit: number }): string[] {
  const source = sourceOf(db, query);
  if (source === null) return [];
  const all = where(source.conditions);
  return db
    .prepare(`SELECT sku FROM ${source.from} ${all.sql} ORDER BY ${orderBy(query, source.hasText)} LIMIT ? OFFSET ?`)
    .all(...all.values, window.limit, window.offset)
    .map((row) => String(row.sku));
}

/** One page of the products that fit, how many fit, and the facets' counts, each with the other filters applied. */
export function listProducts(db: DatabaseSync, query: ProductQuery): ProductPage {
  const source = sourceOf(db, query);
  const none = { category: [], brand: [], indexState: [] };
  if (source === null) return { items: [], total: 0, facets: none };
  const { from, conditions, hasText } = source;
  const all = where(conditions);
  // Ids first: sorting then carries no product along.
  const ids = db
    .prepare(`SELECT id FROM ${from} ${all.sql} ORDER BY ${orderBy(query, hasText)} LIMIT ? OFFSET ?`)
    .all(...all.values, query.pageSize, (query.page - 1) * query.pageSize)
    .map((row) => Number(row.id));
  // Without a filter the words' own table says how many there are.
  const counted = all.sql === "" && hasText ? "word_hits" : from;
  const total = Number(db.prepare(`SELECT count(*) AS n FROM ${counted} ${all.sql}`).get(...all.values)?.n);
  const items = toProducts(db, rowsByIds(db, ids));
  if (query.facets === false) return { items, total, facets: none };

  const facet = (name: Facet, chosen: readonly string[]) => {
    const others = where(conditions.filter((condition) => condition.facet !== name));
    const column = FACET_COLUMN[name];
    // With other filters the unary + keeps SQLite from walking the whole facet's index to save itself a sort.
    const group = others.sql === "" ? column : `+${column}`;
    return db
      .prepare(
        `SELECT ${column} AS value, count(*) AS count FROM ${from} ${others.sql} GROUP BY ${group}
         ORDER BY ${column} IN (SELECT value FROM json_each(?)) DESC, count DESC, value LIMIT ?`,
      )
      .all(...others.values, JSON.stringify(chosen), Math.max(FACET_VALUES, chosen.length))
      .map((row) => ({ value: String(row.value), count: Number(row.count) }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  };
  return {
    items,
    total,
    facets: {
      category: facet("category", query.category ?? []),
      brand: facet("brand", query.brand ?? []),
      indexState: facet("indexState", query.indexState === undefined ? [] : [query.indexState]),
    },
  };
}

function toConditions(query: ProductQuery): Condition[] {
  const conditions: Condition[] = [];
  const add = (facet: Facet | null, sql: string, ...values: Value[]) => conditions.push({ facet, sql, values });
  if (query.category !== undefined && query.category.length > 0) {
    add("category", "category IN (SELECT value FROM json_each(?))", JSON.stringify(query.category));
  }
  if (query.brand !== undefined && query.brand.length > 0) {
    add("brand", "brand IN (SELECT value FROM json_each(?))", JSON.stringify(query.brand));
  }
  if (query.indexState !== undefined) add("indexState", "index_state = ?", query.indexState);
  if (query.confirmed === true) {
    add(null, "products.id IN (SELECT product_id FROM product_pictures WHERE origin IS NOT NULL)");
  }
  if (query.barcode !== undefined) add(null, "barcode_key = ?", barcodeKey(query.barcode));
  if (query.currency !== undefined) add(null, "currency = ?", query.currency);
  // Beside another filter the price's index (kept out by the unary +) would be walked for far more than fits both.
  const price = conditions.length === 0 ? "price_units" : "+price_units";
  if (query.priceMin !== undefined) add(null, `${price} >= ?`, priceUnits(query.priceMin));
  if (query.priceMax !== undefined) add(null, `${price} <= ?`, priceUnits(query.priceMax));
  return conditions;
}

function where(conditions: readonly Condition[]): { sql: string; values: Value[] } {
  if (conditions.length === 0) return { sql: "", values: [] };
  return {
    sql: `WHERE ${conditions.map((condition) => condition.sql).join(" AND ")}`,
    values: conditions.flatMap((condition) => condition.values),
  };
}

function orderBy(query: ProductQuery, hasText: boolean): string {
  const direction = query.order === "asc" ? "ASC" : "DESC";
  switch (query.sort) {
    case "relevance":
      // Best first when ascending: bm25 is smaller for better. Without a text nothing is more relevant than another.
      return hasText ? `word_hits.rank ${direction}, name_key, sku` : `name_key ${direction}, sku ${direction}`;
    case "name":
      return `name_key ${direction}, sku ${direction}`;
    case "sku":
      return `sku ${direction}`;
    case "category":
      return `category ${direction}, name_key ${direction}, sku ${direction}`;
    case "updated":
      return `updated_at ${direction}, sku ${direction}`;
    case "price":
      // Products without a price come last either way.
      return `price_units ${direction} NULLS LAST, name_key ${direction}, sku ${direction}`;
  }
}

/**
 * All words, each as a prefix: `red boo` finds red boots; what is written together (`S-10`) is looked for together.
 * Words are cut as the tokenizer `unicode61` cuts them, and quoted, so that nothing a person types is read as FTS5 syntax.
 * @returns null where there is no text, "" where the text has no word at all
 */
function toMatchExpression(text: string): string | null {
  if (text.trim() === "") return null;
  return text
    .trim()
    .split(/\s+/)
    .map((chunk) => (chunk.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? []).join(" "))
    .filter((words) => words !== "")
    .slice(0, QUERY_WORDS)
    .map((words) => `"${words}"*`)
    .join(" ");
}

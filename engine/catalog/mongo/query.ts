import type { Collection, Document, Sort } from "mongodb";
import { Decimal128 } from "mongodb";
import { z } from "zod";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import { barcodeKey } from "../barcode.ts";
import { type ProductDocument, parseProduct, type StoredProduct, toProduct, WITHOUT_WORDS } from "./documents.ts";
import { FACETS_INDEX } from "./shape.ts";
import { queryChunks, relevance, textFilter } from "./words.ts";

/** Values of a facet that are listed, most frequent first; chosen ones are listed always. */
const FACET_VALUES = 200;

type Facet = "category" | "brand" | "indexState";
type FacetCount = { value: string; count: number };

interface Condition {
  /** The facet that this condition is a choice of: its own counts leave it out. */
  facet: Facet | null;
  filter: Document;
}

const countSchema = z.object({ _id: z.string(), count: z.number() });

/** One page of the products that fit, how many fit, and the facets' counts, each with the other filters applied. */
export async function listProducts(products: Collection<ProductDocument>, query: ProductQuery): Promise<ProductPage> {
  const chunks = queryChunks(query.text);
  if (chunks?.length === 0) return { items: [], total: 0, facets: { category: [], brand: [], indexState: [] } };
  const conditions = toConditions(query, chunks);

  async function facet(name: Facet, chosen: readonly string[]): Promise<FacetCount[]> {
    const others = conditions.filter((condition) => condition.facet !== name);
    const found = await products
      .aggregate(
        [
          { $match: both(others) },
          { $group: { _id: `$${name}`, count: { $sum: 1 } } },
          { $set: { chosen: { $in: ["$_id", chosen] } } },
          { $sort: { chosen: -1, count: -1, _id: 1 } },
          { $limit: Math.max(FACET_VALUES, chosen.length) },
        ],
        // Without a filter the server would read every product, rather than the index that has all it counts.
        others.length === 0 ? { hint: FACETS_INDEX } : {},
      )
      .toArray();
    return found
      .map((one) => countSchema.parse(one))
      .map(({ _id, count }) => ({ value: _id, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  }

  const [documents, category, brand, indexState] = await Promise.all([
    page(products, both(conditions), query, chunks),
    facet("category", query.category ?? []),
    facet("brand", query.brand ?? []),
    facet("indexState", query.indexState === undefined ? [] : [query.indexState]),
  ]);
  const fitting = indexState.filter(({ value }) => query.indexState === undefined || value === query.indexState);
  return {
    items: documents.map((document) => toProduct(parseProduct(document))),
    total: fitting.reduce((sum, { count }) => sum + count, 0),
    facets: { category, brand, indexState },
  };
}

/** Those that exist, in the order asked. */
export async function readInOrder(
  products: Collection<ProductDocument>,
  skus: readonly string[],
): Promise<StoredProduct[]> {
  const found = await products.find({ _id: { $in: [...skus] } }, { projection: WITHOUT_WORDS }).toArray();
  const bySku = new Map(found.map((document) => [document._id, parseProduct(document)]));
  return skus.flatMap((sku) => bySku.get(sku) ?? []);
}

function page(products: Collection<ProductDocument>, filter: Document, query: ProductQuery, chunks: string[][] | null) {
  const skip = (query.page - 1) * query.pageSize;
  if (query.sort !== "relevance" || chunks === null) {
    return products
      .find(filter, { projection: WITHOUT_WORDS })
      .sort(orderOf(query))
      .skip(skip)
      .limit(query.pageSize)
      .toArray();
  }
  // Ascending is best first, as everywhere: the greatest score.
  const score = query.order === "asc" ? -1 : 1;
  return products
    .aggregate([
      { $match: filter },
      { $set: { score: relevance(chunks) } },
      { $unset: Object.keys(WITHOUT_WORDS).filter((name) => name !== "nameKey") },
      { $sort: { score, nameKey: 1, _id: 1 } },
      { $skip: skip },
      { $limit: query.pageSize },
    ])
    .toArray();
}

function toConditions(query: ProductQuery, chunks: string[][] | null): Condition[] {
  const conditions: Condition[] = [];
  const add = (facet: Facet | null, filter: Document) => conditions.push({ facet, filter });
  if (chunks !== null) for (const filter of textFilter(chunks)) add(null, filter);
  if (query.category !== undefined && query.category.length > 0) add("category", { category: { $in: query.category } });
  if (query.brand !== undefined && query.brand.length > 0) add("brand", { brand: { $in: query.brand } });
  if (query.indexState !== undefined) add("indexState", { indexState: query.indexState });
  if (query.barcode !== undefined) add(null, { barcodeKey: barcodeKey(query.barcode) });
  if (query.currency !== undefined) add(null, { currency: query.currency });
  if (query.priceMin !== undefined) add(null, { price: { $gte: Decimal128.fromString(query.priceMin) } });
  if (query.priceMax !== undefined) add(null, { price: { $lte: Decimal128.fromString(query.priceMax) } });
  return conditions;
}

const both = (conditions: readonly Condition[]): Document =>
  conditions.length === 0 ? {} : { $and: conditions.map(({ filter }) => filter) };

function orderOf({ sort, order }: ProductQuery): Sort {
  const way = order === "asc" ? 1 : -1;
  switch (sort) {
    // Without a text nothing is more relevant than another.
    case "relevance":
    case "name":
      return { nameKey: way, _id: way };
    case "sku":
      return { _id: way };
    case "category":
      return { category: way, nameKey: way, _id: way };
    case "updated":
      return { updatedAt: way, _id: way };
    case "price":
      // The server takes nothing for less than any price: descending, products without one are last by themselves.
      return order === "asc" ? { unpriced: 1, price: 1, nameKey: 1, _id: 1 } : { price: -1, nameKey: -1, _id: -1 };
  }
}

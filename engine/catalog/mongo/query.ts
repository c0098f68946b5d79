import { type Collection, Decimal128, type Document } from "mongodb";
import { z } from "zod";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import { barcodeKey } from "../barcode.ts";
import type { ProductOutline } from "../port.ts";
import {
  type ProductDocument,
  parseProduct,
  type StoredProduct,
  toOutline,
  toProduct,
  WITHOUT_WORDS,
} from "./documents.ts";
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
const searchedSchema = z.object({
  page: z.array(z.object({ _id: z.string() })),
  category: z.array(countSchema),
  brand: z.array(countSchema),
  indexState: z.array(countSchema),
});

const NO_FACETS = { category: [], brand: [], indexState: [] };

/** SKUs of the products that fit, in their order. */
export async function listSkus(
  products: Collection<ProductDocument>,
  query: ProductQuery,
  { offset, limit }: { offset: number; limit: number },
): Promise<string[]> {
  const chunks = queryChunks(query.text);
  if (chunks?.length === 0) return [];
  const found = await products
    .aggregate<{ _id: string }>([
      {
        $match: {
          $and: [
            {},
            ...(chunks === null ? [] : textFilter(chunks)),
            ...toConditions(query).map(({ filter }) => filter),
          ],
        },
      },
      ...sortStages(query, chunks),
      { $skip: offset },
      { $limit: limit },
      { $project: { _id: 1 } },
    ])
    .toArray();
  return found.map(({ _id }) => _id);
}

function sortStages(query: ProductQuery, chunks: string[][] | null): Document[] {
  if (query.sort !== "relevance" || chunks === null) return [{ $sort: orderOf(query) }];
  // Ascending is best first, as everywhere: the greatest score.
  return [
    { $set: { score: relevance(chunks) } },
    { $sort: { score: query.order === "asc" ? -1 : 1, nameKey: 1, _id: 1 } },
  ];
}

/** A page and how many fit, without the facets: the page from the index of its order, the number by itself. */
async function turnPage(
  products: Collection<ProductDocument>,
  query: ProductQuery,
  chunks: string[][] | null,
): Promise<ProductPage> {
  const conditions = toConditions(query);
  const filters = [...(chunks === null ? [] : textFilter(chunks)), ...conditions.map(({ filter }) => filter)];
  const filter = filters.length === 0 ? {} : { $and: filters };
  const [skus, total] = await Promise.all([
    listSkus(products, query, { offset: (query.page - 1) * query.pageSize, limit: query.pageSize }),
    filters.length === 0 ? products.estimatedDocumentCount() : products.countDocuments(filter),
  ]);
  return { items: (await readInOrder(products, skus)).map(toProduct), total, facets: NO_FACETS };
}

/** One page of the products that fit, how many fit, and the facets' counts, each with the other filters applied. */
export async function listProducts(products: Collection<ProductDocument>, query: ProductQuery): Promise<ProductPage> {
  const chunks = queryChunks(query.text);
  if (chunks?.length === 0) return { items: [], total: 0, facets: NO_FACETS };
  if (query.facets === false) return turnPage(products, query, chunks);
  const conditions = toConditions(query);
  const found =
    chunks === null ? await browse(products, query, conditions) : await search(products, query, conditions, chunks);
  const facet = (name: Facet): FacetCount[] =>
    found[name]
      .map(({ _id, count }) => ({ value: _id, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const facets = { category: facet("category"), brand: facet("brand"), indexState: facet("indexState") };
  const fitting = facets.indexState.filter(({ value }) => query.indexState === undefined || value === query.indexState);
  return { items: found.items.map(toProduct), total: fitting.reduce((sum, { count }) => sum + count, 0), facets };
}

interface Found extends Record<Facet, z.infer<typeof countSchema>[]> {
  items: StoredProduct[];
}

/** Without a text: each question is answered from the index that suits it. */
async function browse(
  products: Collection<ProductDocument>,
  query: ProductQuery,
  conditions: readonly Condition[],
): Promise<Found> {
  const counts = async (name: Facet) => {
    const others = conditions.filter(({ facet }) => facet !== name);
    const found = await products
      // Without a filter the server would read every product, rather than the index that has all it counts.
      .aggregate([{ $match: all(others) }, ...countOf(name, query)], others.length === 0 ? { hint: FACETS_INDEX } : {})
      .toArray();
    return found.map((one) => countSchema.parse(one));
  };
  const [items, category, brand, indexState] = await Promise.all([
    products
      .find(all(conditions), { projection: WITHOUT_WORDS })
      .sort(orderOf(query))
      .skip((query.page - 1) * query.pageSize)
      .limit(query.pageSize)
      .toArray(),
    counts("category"),
    counts("brand"),
    counts("indexState"),
  ]);
  return { items: items.map(parseProduct), category, brand, indexState };
}

const SEARCHED = { category: 1, brand: 1, indexState: 1, nameKey: 1, price: 1, unpriced: 1, updatedAt: 1 };

/** With a text: the products that have its words are read once for all questions, and the page's are read whole then. */
async function search(
  products: Collection<ProductDocument>,
  query: ProductQuery,
  conditions: readonly Condition[],
  chunks: string[][],
): Promise<Found> {
  const always = conditions.filter(({ facet }) => facet === null);
  const chosen = conditions.filter(({ facet }) => facet !== null);
  const ranked = query.sort === "relevance";
  const counts = (name: Facet) => [
    { $match: all(chosen.filter(({ facet }) => facet !== name)) },
    ...countOf(name, query),
  ];
  const [found] = await products
    .aggregate([
      { $match: { $and: [...textFilter(chunks), ...always.map(({ filter }) => filter)] } },
      // No more of each product than the stages below look at.
      { $project: { ...SEARCHED, ...(ranked ? { words: 1 } : {}) } },
      {
        $facet: {
          page: [
            { $match: all(chosen) },
            ...(ranked ? [{ $set: { score: relevance(chunks) } }] : []),
            // Ascending is best first, as everywhere: the greatest score.
            { $sort: ranked ? { score: query.order === "asc" ? -1 : 1, nameKey: 1, _id: 1 } : orderOf(query) },
            { $skip: (query.page - 1) * query.pageSize },
            { $limit: query.pageSize },
            { $project: { _id: 1 } },
          ],
          category: counts("category"),
          brand: counts("brand"),
          indexState: counts("indexState"),
        },
      },
    ])
    .toArray();
  const { page, ...facets } = searchedSchema.parse(found);
  return {
    items: await readInOrder(
      products,
      page.map(({ _id }) => _id),
    ),
    ...facets,
  };
}

/** Stages: the facet's values with their counts, the most frequent, and whatever is chosen. */
function countOf(name: Facet, query: ProductQuery): Document[] {
  const picked = query[name] ?? [];
  const chosen = typeof picked === "string" ? [picked] : picked;
  return [
    { $group: { _id: `$${name}`, count: { $sum: 1 } } },
    { $set: { chosen: { $in: ["$_id", chosen] } } },
    { $sort: { chosen: -1, count: -1, _id: 1 } },
    { $limit: Math.max(FACET_VALUES, chosen.length) },
  ];
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

const OUTLINE = { name: 1, category: 1, price: 1, currency: 1 } as const;

export async function readOutlines(
  products: Collection<ProductDocument>,
  after: string | null,
  limit: number,
): Promise<ProductOutline[]> {
  const found = await products
    .find(after === null ? {} : { _id: { $gt: after } }, { projection: OUTLINE })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
  return found.map(toOutline);
}

function toConditions(query: ProductQuery): Condition[] {
  const conditions: Condition[] = [];
  const add = (facet: Facet | null, filter: Document) => conditions.push({ facet, filter });
  if (query.category !== undefined && query.category.length > 0) add("category", { category: { $in: query.category } });
  if (query.brand !== undefined && query.brand.length > 0) add("brand", { brand: { $in: query.brand } });
  if (query.indexState !== undefined) add("indexState", { indexState: query.indexState });
  if (query.confirmed === true) add(null, { "pictures.origin.runId": { $exists: true } });
  if (query.barcode !== undefined) add(null, { barcodeKey: barcodeKey(query.barcode) });
  if (query.currency !== undefined) add(null, { currency: query.currency });
  if (query.priceMin !== undefined) add(null, { price: { $gte: Decimal128.fromString(query.priceMin) } });
  if (query.priceMax !== undefined) add(null, { price: { $lte: Decimal128.fromString(query.priceMax) } });
  return conditions;
}

const all = (conditions: readonly Condition[]): Document =>
  conditions.length === 0 ? {} : { $and: conditions.map(({ filter }) => filter) };

function orderOf({ sort, order }: ProductQuery): Record<string, 1 | -1> {
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

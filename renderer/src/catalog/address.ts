import { type ProductQuery, productQuerySchema } from "../../../shared/contract/catalog.ts";

/** What of the address is the filter: all of this is kept by a saved filter, and cleared by clearing. */
export const FILTERS = [
  "text",
  "category",
  "brand",
  "indexState",
  "confirmed",
  "priceMin",
  "priceMax",
  "currency",
] as const;

/** The list as the address describes it; what makes no sense there is left out rather than refused. */
export function queryOf(params: URLSearchParams): ProductQuery {
  const text = params.get("text")?.trim() ?? "";
  const several = (key: string) => (params.has(key) ? { [key]: params.getAll(key) } : {});
  const one = (key: string, schema: { safeParse: (value: unknown) => { success: boolean } }) => {
    const value = params.get(key);
    return value !== null && schema.safeParse(value).success ? { [key]: value } : {};
  };
  const shape = productQuerySchema.shape;
  return productQuerySchema.parse({
    ...(text === "" ? {} : { text: text.slice(0, 500) }),
    ...several("category"),
    ...several("brand"),
    ...one("indexState", shape.indexState),
    ...one("confirmed", shape.confirmed),
    ...one("priceMin", shape.priceMin),
    ...one("priceMax", shape.priceMax),
    ...one("currency", shape.currency),
    ...one("sort", shape.sort),
    ...one("order", shape.order),
  });
}

/** The part of an address that a saved filter keeps. */
export function searchOf(params: URLSearchParams): string {
  const kept = [...FILTERS, "sort", "order", "view"] as readonly string[];
  return new URLSearchParams([...params].filter(([key]) => kept.includes(key))).toString();
}

/** What a click on a column's heading means: its order, then the other way round. */
export function sortedBy(query: ProductQuery, column: ProductQuery["sort"]): { sort: string; order: string } {
  const again = query.sort === column;
  return { sort: column, order: again && query.order === "asc" ? "desc" : "asc" };
}

import { type ProductQuery, productQuerySchema } from "../../../shared/contract/catalog.ts";

export const PAGE_SIZE = 50;

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
    ...one("sort", shape.sort),
    ...one("order", shape.order),
    ...one("page", shape.page),
    pageSize: PAGE_SIZE,
  });
}

/** What a click on a column's heading means: its order, then the other way round. */
export function sortedBy(query: ProductQuery, column: ProductQuery["sort"]): { sort: string; order: string } {
  const again = query.sort === column;
  return { sort: column, order: again && query.order === "asc" ? "desc" : "asc" };
}

import type { Schemas } from "@qdrant/js-client-rest";
import type { IndexFilter } from "../port.ts";

/** Fields that filters look at, and what grouping and removing go by: these and no others have a payload index. */
export const PAYLOAD_INDEXES = {
  sku: "keyword",
  category: "keyword",
  brand: "keyword",
  price: "float",
  currency: "keyword",
} as const satisfies Record<string, Schemas["PayloadSchemaType"]>;

const oneOf = (key: keyof typeof PAYLOAD_INDEXES, values: readonly string[]): Schemas["Condition"] => ({
  key,
  match: { any: [...values] },
});

/** The port's filter as Qdrant takes it, inside the search. @returns undefined where it asks for nothing */
export function toQdrantFilter(filter: IndexFilter): Schemas["Filter"] | undefined {
  const { category = [], brand = [], priceMin, priceMax, currency, excludeSkus = [] } = filter;
  const must: Schemas["Condition"][] = [];
  if (category.length > 0) must.push(oneOf("category", category));
  if (brand.length > 0) must.push(oneOf("brand", brand));
  if (currency !== undefined) must.push({ key: "currency", match: { value: currency } });
  if (priceMin !== undefined || priceMax !== undefined) {
    must.push({
      key: "price",
      range: {
        ...(priceMin === undefined ? {} : { gte: priceMin }),
        ...(priceMax === undefined ? {} : { lte: priceMax }),
      },
    });
  }
  if (must.length === 0 && excludeSkus.length === 0) return undefined;
  return {
    ...(must.length === 0 ? {} : { must }),
    ...(excludeSkus.length === 0 ? {} : { must_not: [oneOf("sku", excludeSkus)] }),
  };
}

/** Every point of these products, but for the ones to keep. */
export function pointsOfProducts(skus: readonly string[], keep: readonly string[] = []): Schemas["Filter"] {
  return { must: [oneOf("sku", skus)], ...(keep.length === 0 ? {} : { must_not: [{ has_id: [...keep] }] }) };
}

import type { Product, ProductFilter } from "../../shared/contract/domain.ts";
import type { IndexFilter } from "./port.ts";

/** The contract's filter as the index takes it: prices as numbers, good enough for a range, never for money. */
export function indexFilterOf(filter: ProductFilter): IndexFilter {
  return {
    ...(filter.category === undefined ? {} : { category: filter.category }),
    ...(filter.brand === undefined ? {} : { brand: filter.brand }),
    ...(filter.priceMin === undefined ? {} : { priceMin: Number(filter.priceMin) }),
    ...(filter.priceMax === undefined ? {} : { priceMax: Number(filter.priceMax) }),
    ...(filter.currency === undefined ? {} : { currency: filter.currency }),
  };
}

/** Whether a product that was found without the index passes the filter that the index would have applied. */
export function fitsFilter(product: Product, filter: IndexFilter = {}): boolean {
  const { category, brand, priceMin, priceMax, currency, excludeSkus } = filter;
  const price = product.price === null ? null : Number(product.price);
  return (
    (category === undefined || category.includes(product.category)) &&
    (brand === undefined || brand.includes(product.brand)) &&
    (priceMin === undefined || (price !== null && price >= priceMin)) &&
    (priceMax === undefined || (price !== null && price <= priceMax)) &&
    (currency === undefined || product.currency === currency) &&
    !excludeSkus?.includes(product.sku)
  );
}

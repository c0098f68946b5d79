import type { ProductFilter } from "../../shared/contract/domain.ts";
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

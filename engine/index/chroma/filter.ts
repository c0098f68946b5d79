import type { IndexFilter } from "../port.ts";
import { toMicros } from "./records.ts";

/** Chroma's `where`: one condition, or several under `$and`. */
export type Where = Record<string, unknown>;

const all = (conditions: Where[]): Where | undefined => (conditions.length > 1 ? { $and: conditions } : conditions[0]);

/** @returns undefined where everything passes: Chroma takes neither an empty `$in` nor an empty `$and` */
export function toWhere(filter: IndexFilter): Where | undefined {
  const { category = [], brand = [], priceMin, priceMax, currency, excludeSkus = [] } = filter;
  return all([
    ...(category.length > 0 ? [{ category: { $in: category } }] : []),
    ...(brand.length > 0 ? [{ brand: { $in: brand } }] : []),
    ...(priceMin === undefined ? [] : [{ priceMicros: { $gte: toMicros(priceMin) } }]),
    ...(priceMax === undefined ? [] : [{ priceMicros: { $lte: toMicros(priceMax) } }]),
    ...(currency === undefined ? [] : [{ currency: { $eq: currency } }]),
    ...(excludeSkus.length > 0 ? [{ sku: { $nin: excludeSkus } }] : []),
  ]);
}

export const ofProducts = (skus: readonly string[]): Where => ({ sku: { $in: skus } });

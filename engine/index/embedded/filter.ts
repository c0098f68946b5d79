import type { IndexFilter } from "../port.ts";

/**
 * A keyword as the graph keeps it and as filters name it. The filter language has no escape for a backslash and no
 * empty string, so free text never reaches it.
 */
export function token(value: string): string {
  return `k${Buffer.from(value).toString("base64url")}`;
}

const anyOf = (field: string, values: readonly string[]) =>
  `${field} in (${values.map((value) => `'${token(value)}'`).join(",")})`;

/**
 * The part of a filter that the graph search takes in zvec's filter language, or null where nothing is asked.
 * `excludeSkus` is not in it: leaving a few products out of the answer costs less than a test of every point.
 */
export function filterExpression(filter: IndexFilter): string | null {
  const { category = [], brand = [], currency, priceMin = -Infinity, priceMax = Infinity } = filter;
  const tests = [
    category.length > 0 && anyOf("category", category),
    brand.length > 0 && anyOf("brand", brand),
    currency !== undefined && anyOf("currency", [currency]),
    Number.isFinite(priceMin) && `price >= ${priceMin}`,
    Number.isFinite(priceMax) && `price <= ${priceMax}`,
  ].filter((test) => test !== false);
  return tests.length === 0 ? null : tests.join(" and ");
}

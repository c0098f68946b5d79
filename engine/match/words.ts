import type { Product } from "../../shared/contract/domain.ts";

/** Words too common to tell products apart. */
const STOP = new Set(
  "the and for with from this that das der die und mit für von les des une pour avec los las con para".split(" "),
);

/** Lower-case words of three and more letters or digits, diacritics removed, each once. */
export function wordsOf(text: string): Set<string> {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return new Set((plain.match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter((word) => !STOP.has(word)));
}

/**
 * @returns the query's words that the product has anywhere, and the share of them in its name, brand or category (what
 * a package says in large letters), over at most eight words so that a talkative package does not thin it out
 */
export function compareWords(
  query: ReadonlySet<string>,
  product: Product,
): { shared: string[]; overlap: number | null } {
  if (query.size === 0) return { shared: [], overlap: null };
  const title = wordsOf(`${product.name} ${product.brand} ${product.category} ${product.sku}`);
  const all = wordsOf(`${product.description} ${Object.values(product.attributes).join(" ")}`);
  const shared = [...query].filter((word) => title.has(word) || all.has(word));
  const strong = shared.filter((word) => title.has(word)).length;
  return { shared, overlap: Math.min(1, strong / Math.min(query.size, 8)) };
}

/** What the text encoder is given of a product. Its window is 256 word pieces: the telling parts come first. */
export function productText(
  product: Pick<Product, "name" | "brand" | "category" | "description" | "attributes">,
): string {
  const attributes = Object.entries(product.attributes).map(([name, value]) => `${name} ${value}`);
  return [product.name, product.brand, product.category, product.description, ...attributes]
    .filter((part) => part !== "")
    .join(". ")
    .slice(0, 2000);
}

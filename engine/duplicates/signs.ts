import type { Product } from "../../shared/contract/domain.ts";
import { barcodeKey } from "../catalog/barcode.ts";
import { checkDigit } from "../lib/gtin.ts";
import { wordsOf } from "../match/words.ts";

/** What two products' own fields and pictures say about their being one, before any pixel is looked at. */

/** More products of one sign than this have it for another reason: a placeholder picture, a name like "Sample". */
const MOST_OF_A_KIND = 20;

export const pairKey = (one: string, other: string) => JSON.stringify(one < other ? [one, other] : [other, one]);
export const skusOf = (key: string): [string, string] => JSON.parse(key);

/** Names that say the same, in whatever order. */
export function nameKey({ name, brand }: Pick<Product, "name" | "brand">): string | null {
  const words = [...wordsOf(`${name} ${brand}`)].sort();
  return words.length === 0 ? null : words.join(" ");
}

/**
 * The article behind a barcode: a GTIN-14 is a case of the article whose EAN-13 it holds, under a digit of its own in front
 * and another check digit (GS1 General Specifications, 3.3.2). Null where it is no such number.
 */
export function articleKey({ barcode }: Pick<Product, "barcode">): string | null {
  const key = barcode === null ? "" : barcodeKey(barcode);
  if (/^\d{13}$/.test(key)) return key.slice(0, 12);
  return /^\d{14}$/.test(key) ? key.slice(1, 13) : null;
}

/** Every barcode that an article may have, in any packing: its EAN-13, and a GTIN-14 for each digit in front. */
export function barcodesOfArticle(product: Pick<Product, "barcode">): string[] {
  const key = articleKey(product);
  if (key === null) return [];
  return ["", ..."123456789"].map((indicator) => `${indicator}${key}${checkDigit(indicator + key)}`);
}

/** Pairs of products that have a key in common. */
export function pairsBy(products: readonly Product[], keysOf: (product: Product) => readonly string[]): Set<string> {
  const owners = new Map<string, string[]>();
  for (const product of products) {
    for (const key of new Set(keysOf(product))) owners.set(key, [...(owners.get(key) ?? []), product.sku]);
  }
  const pairs = new Set<string>();
  for (const skus of owners.values()) {
    if (skus.length > MOST_OF_A_KIND) continue;
    skus.forEach((one, at) => {
      for (const other of skus.slice(at + 1)) pairs.add(pairKey(one, other));
    });
  }
  return pairs;
}

const some = (key: string | null) => (key === null ? [] : [key]);

export function signsOf(products: readonly Product[]) {
  return {
    samePicture: pairsBy(products, ({ pictures }) => pictures.map(({ hash }) => hash)),
    sameName: pairsBy(products, (product) => some(nameKey(product))),
    sameArticle: pairsBy(products, (product) => some(articleKey(product))),
  };
}

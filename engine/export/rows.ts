import type { PictureRef, Product } from "../../shared/contract/domain.ts";
import type { Catalog } from "../catalog/port.ts";
import { ATTRIBUTE_PREFIX, type Column, columnNamed } from "../import/columns.ts";

/** Products as rows of a table, whichever kind: what the importer reads back as the same products. */

/** Products read at once. */
const PAGE = 500;

export type PictureName = (picture: PictureRef) => string;

/** The importer knows a picture again by its hash, as long as it is stored. */
export const byHash: PictureName = ({ hash }) => hash;

/** All products, by SKU. */
export async function* allProducts(catalog: Catalog, signal?: AbortSignal): AsyncGenerator<Product> {
  const skus = await catalog.allSkus();
  for (let at = 0; at < skus.length; at += PAGE) {
    signal?.throwIfAborted();
    yield* await catalog.getMany(skus.slice(at, at + PAGE));
  }
}

/** Names of all attributes, sorted. */
export async function attributeNames(catalog: Catalog, signal?: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  for await (const product of allProducts(catalog, signal)) {
    for (const name of Object.keys(product.attributes)) names.add(name);
  }
  return [...names].sort();
}

/** An attribute that is called like a column says that it is none. */
export function attributeHeader(name: string): string {
  const plain = columnNamed(name) === null && !name.startsWith(ATTRIBUTE_PREFIX) && name.trim() === name && name !== "";
  return plain ? name : ATTRIBUTE_PREFIX + name;
}

/** Of each column, as text; pictures with `|` between them. */
export function cellsOf(product: Product, pictureName: PictureName): Record<Column, string> {
  const { sku, name, category, brand, description, createdAt, updatedAt, pictures } = product;
  return {
    ...{ sku, name, category, brand, description, createdAt, updatedAt },
    price: product.price ?? "",
    currency: product.currency ?? "",
    barcode: product.barcode ?? "",
    images: pictures.map(pictureName).join("|"),
    variantGroup: product.variantGroup ?? "",
    pictureOrigins: originsText(pictures),
  };
}

/** JSON of the origins, in the order of the pictures; "" where none has one. */
export function originsText(pictures: readonly PictureRef[]): string {
  if (pictures.every(({ origin }) => origin === undefined)) return "";
  return JSON.stringify(pictures.map(({ origin }) => origin ?? null));
}

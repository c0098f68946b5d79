import type { Catalog } from "../catalog/port.ts";
import { allProducts, byHash, originsText, type PictureName } from "./rows.ts";

/** The whole catalogue as JSON Lines, by SKU: a product a line, its pictures a list, its attributes an object. */
export async function* exportJsonLines(
  catalog: Catalog,
  pictureName: PictureName = byHash,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  for await (const product of allProducts(catalog, signal)) {
    const { sku, name, category, price, currency, brand, barcode, description, attributes } = product;
    const { pictures, variantGroup, createdAt, updatedAt } = product;
    const line = {
      ...{ sku, name, category, price, currency, brand, barcode, description },
      images: pictures.map(pictureName),
      ...(variantGroup === undefined ? {} : { variantGroup }),
      ...(pictures.some(({ origin }) => origin !== undefined) ? { pictureOrigins: originsText(pictures) } : {}),
      ...{ createdAt, updatedAt, attributes },
    };
    yield `${JSON.stringify(line)}\n`;
  }
}

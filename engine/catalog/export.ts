import type { PictureRef, Product } from "../../shared/contract/domain.ts";
import { ATTRIBUTE_PREFIX, COLUMNS, type Column, normalizeHeader } from "../import/columns.ts";
import { csvLine } from "../lib/csv.ts";
import type { Catalog } from "./port.ts";

/** Products read at once. */
const PAGE = 500;

/**
 * The whole catalogue as CSV, by SKU, a piece at a time; importing it again changes nothing. Attributes become columns.
 * Formulas are escaped (see `import/formula.ts`).
 *
 * @param pictureName what the `images` column calls a picture; by default its hash, which the importer knows again
 *   as long as the picture is stored
 */
export async function* exportCsv(
  catalog: Catalog,
  pictureName: (picture: PictureRef) => string = (picture) => picture.hash,
): AsyncGenerator<string> {
  const attributes = new Set<string>();
  for await (const product of allProducts(catalog))
    for (const name of Object.keys(product.attributes)) attributes.add(name);
  const names = [...attributes].sort();
  yield csvLine([...COLUMNS, ...names.map(attributeHeader)]);
  for await (const product of allProducts(catalog)) {
    const cells: Record<Column, string> = {
      ...product,
      price: product.price ?? "",
      currency: product.currency ?? "",
      barcode: product.barcode ?? "",
      images: product.pictures.map(pictureName).join("|"),
    };
    yield csvLine([...COLUMNS.map((column) => cells[column]), ...names.map((name) => product.attributes[name] ?? "")]);
  }
}

/** An attribute that is called like a column says that it is none. */
function attributeHeader(name: string): string {
  const isColumn = COLUMNS.some((column) => column === normalizeHeader(name));
  return isColumn || name.startsWith(ATTRIBUTE_PREFIX) ? ATTRIBUTE_PREFIX + name : name;
}

async function* allProducts(catalog: Catalog): AsyncGenerator<Product> {
  const skus = await catalog.allSkus();
  for (let at = 0; at < skus.length; at += PAGE) yield* await catalog.getMany(skus.slice(at, at + PAGE));
}

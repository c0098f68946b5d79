import { IMPORT_COLUMNS } from "../../shared/contract/imports.ts";
import type { Catalog } from "../catalog/port.ts";
import { csvLine } from "../lib/csv.ts";
import { allProducts, attributeHeader, attributeNames, byHash, cellsOf, type PictureName } from "./rows.ts";

/**
 * The whole catalogue as CSV, by SKU, a piece at a time; importing it again changes nothing. Attributes become columns.
 * Formulas are escaped (see `import/formula.ts`).
 *
 * @param pictureName what the `images` column calls a picture
 */
export async function* exportCsv(
  catalog: Catalog,
  pictureName: PictureName = byHash,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const names = await attributeNames(catalog, signal);
  yield csvLine([...IMPORT_COLUMNS, ...names.map(attributeHeader)]);
  for await (const product of allProducts(catalog, signal)) {
    const cells = cellsOf(product, pictureName);
    yield csvLine([
      ...IMPORT_COLUMNS.map((column) => cells[column]),
      ...names.map((name) => product.attributes[name] ?? ""),
    ]);
  }
}

import { writeXlsxStream } from "hucre/xlsx";
import { IMPORT_COLUMNS } from "../../shared/contract/imports.ts";
import type { Catalog } from "../catalog/port.ts";
import { allProducts, attributeHeader, attributeNames, byHash, cellsOf, type PictureName } from "./rows.ts";

/**
 * The whole catalogue as an Excel workbook of one sheet, by SKU. Every cell is a text, so that no barcode loses its zeros
 * and no price its decimals, and none is a formula.
 */
export async function exportXlsx(
  catalog: Catalog,
  pictureName: PictureName = byHash,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const names = await attributeNames(catalog, signal);
  async function* rows() {
    for await (const product of allProducts(catalog, signal)) {
      const cells = cellsOf(product, pictureName);
      yield [...IMPORT_COLUMNS.map((column) => cells[column]), ...names.map((name) => product.attributes[name] ?? "")];
    }
  }
  const columns = [...IMPORT_COLUMNS, ...names.map(attributeHeader)].map((header) => ({ header }));
  return writeXlsxStream(rows(), { name: "Products", columns, freezePane: { rows: 1 } });
}

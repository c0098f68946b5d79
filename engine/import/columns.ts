/** What a table's header says. */

export const COLUMNS = [
  "sku",
  "name",
  "category",
  "price",
  "currency",
  "brand",
  "barcode",
  "description",
  "images",
] as const;
export type Column = (typeof COLUMNS)[number];

/** Other names of a column, as other shop systems export it; compared without case, spaces, `_` and `-`. */
const SYNONYMS: Record<Column, readonly string[]> = {
  sku: ["productid", "itemid", "articlenumber", "itemnumber", "productcode", "itemcode", "article", "handle", "id"],
  name: ["title", "productname", "product", "itemname"],
  category: ["categories", "producttype", "productcategory"],
  price: ["unitprice", "variantprice", "priceamount"],
  currency: ["currencycode"],
  brand: ["vendor", "manufacturer"],
  barcode: ["ean", "ean13", "upc", "gtin", "variantbarcode"],
  description: ["desc", "body", "bodyhtml", "details"],
  images: ["image", "imagesrc", "picture", "pictures", "photo", "photos", "imagefile", "filename"],
};

/** Marks an attribute that has a column's name; the export writes it, so that a round trip is exact. */
export const ATTRIBUTE_PREFIX = "attribute:";

export type Field = { kind: "column"; column: Column } | { kind: "attribute"; name: string } | { kind: "none" };

export function normalizeHeader(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, "");
}

/**
 * What each column of the table holds. A column's own name goes before its synonyms, and the first of several before
 * the others; every other column is an attribute under its header's text.
 */
export function readHeader(header: readonly string[]): Field[] {
  const taken = new Map<Column, number>();
  const normal = header.map(normalizeHeader);
  for (const column of COLUMNS) {
    const at = normal.indexOf(column);
    const found = at >= 0 ? at : normal.findIndex((name) => SYNONYMS[column].includes(name));
    if (found >= 0) taken.set(column, found);
  }
  const columnAt = new Map([...taken].map(([column, at]) => [at, column]));
  return header.map((text, at) => {
    const column = columnAt.get(at);
    if (column !== undefined) return { kind: "column", column };
    const name = text.trim();
    if (name === "") return { kind: "none" };
    return {
      kind: "attribute",
      name: name.startsWith(ATTRIBUTE_PREFIX) ? name.slice(ATTRIBUTE_PREFIX.length) : name,
    };
  });
}

export function knownColumns(fields: readonly Field[]): Set<Column> {
  return new Set(fields.flatMap((field) => (field.kind === "column" ? [field.column] : [])));
}

import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { ean13 } from "./ean13.ts";

/** One row of `seed/products.csv`, with the photograph's name in the source package. */
export interface SeedProduct {
  sku: string;
  name: string;
  category: string;
  /** Decimal string, USD: the cheapest variant. */
  price: string;
  brand: string;
  barcode: string;
  description: string;
  /** Path relative to the CSV. */
  image: string;
  photo: string;
}

/** The shop's collection that shows each leaf facet (`initial-data.json` of the package). */
const COLLECTION: Record<string, string> = { Photo: "Camera & Photo" };
/** A slip of the source. */
const BRAND: Record<string, string> = { Nikkon: "Nikon" };

/** Reads the shop's products (one a product, not a variant), in the shop's order. */
export async function readProducts(file: string): Promise<SeedProduct[]> {
  const rows: Record<string, string>[] = parse(await readFile(file), {
    columns: (names: string[]) => names.map((name) => name.trim()),
    trim: true,
    relax_quotes: true,
  });
  const products: SeedProduct[] = [];
  for (const row of rows) {
    const price = Number(row.price).toFixed(2);
    const last = products.at(-1);
    if (!row.name) {
      if (last && Number(price) < Number(last.price)) last.price = price;
      continue;
    }
    const facets = (row.facets ?? "").split("|").map((facet) => facet.split(":"));
    const leaf = facets.filter(([kind]) => kind === "category").at(-1)?.[1] ?? "";
    const brand = facets.find(([kind]) => kind === "brand")?.[1] ?? "";
    const index = products.length;
    products.push({
      sku: row.slug ?? "",
      name: row.name,
      category: COLLECTION[leaf] ?? leaf,
      price,
      brand: BRAND[brand] ?? brand,
      // Every third product has none, as in real shops. 20..29 is for use inside a shop: no real article has these.
      barcode: index % 3 === 2 ? "" : ean13(`20${String(4_100_000 + index * 1013).padStart(10, "0")}`),
      description: (row.description ?? "").replace(/\s+/g, " "),
      image: `images/${row.slug}.jpg`,
      photo: row.assets ?? "",
    });
  }
  return products;
}

/** RFC 4180, `\n` line ends; a field is quoted only where it must be. */
export function toCsv(products: SeedProduct[]): string {
  const quote = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = products.map((p) =>
    [p.sku, p.name, p.category, p.price, "USD", p.brand, p.barcode, p.description, p.image].map(quote).join(","),
  );
  return `${["sku,name,category,price,currency,brand,barcode,description,images", ...lines].join("\n")}\n`;
}

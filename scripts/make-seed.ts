/**
 * Makes `seed/` from public packages: the sample catalogue, its pictures, and the photos to try.
 *
 * Usage: `node scripts/make-seed.ts <vendure> <extra>`
 *   <vendure>  the unpacked npm package `@vendure/create` 2.3.4 (later majors have another licence)
 *   <extra>    a folder with the free pictures that `seed/LICENSES.md` names, by their original file names
 *
 * Deterministic for a given sharp: every input is checked by hash, nothing is drawn at random.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Pixels, readPhoto, writeJpeg } from "./seed/pixels.ts";
import { readProducts, toCsv } from "./seed/products.ts";
import { makeQueries } from "./seed/queries.ts";
import { checkSources } from "./seed/sources.ts";

const [vendure, extra] = process.argv.slice(2);
if (!vendure || !extra) throw new Error("usage: make-seed.ts <vendure package folder> <extra pictures folder>");

const seed = join(import.meta.dirname, "..", "seed");
await checkSources(vendure, extra);

for (const folder of ["images", "queries"]) {
  await rm(join(seed, folder), { recursive: true, force: true });
  await mkdir(join(seed, folder), { recursive: true });
}

const products = await readProducts(join(vendure, "assets", "products.csv"));
const photos = new Map<string, Pixels>();
for (const product of products) {
  const photo = await readPhoto(join(vendure, "assets", "images", product.photo), 1000);
  photos.set(product.sku, photo);
  await writeJpeg(photo, join(seed, product.image), 82);
}
await writeFile(join(seed, "products.csv"), toCsv(products));

const labels: Record<string, { sku: string | null; made: string }> = {};
for (const query of await makeQueries(photos, extra)) {
  await writeJpeg(query.pixels, join(seed, "queries", query.file), query.quality);
  labels[query.file] = { sku: query.sku, made: query.made };
}
const bySku = Object.fromEntries(Object.entries(labels).map(([file, { sku }]) => [file, sku]));
await writeFile(join(seed, "queries", "labels.json"), `${JSON.stringify(bySku, null, 2)}\n`);
const table = Object.entries(labels).map(
  ([file, { sku, made }]) => `| \`${file}\` | ${sku ?? "nothing in the catalogue"} | ${made} |`,
);
await writeFile(
  join(seed, "queries", "README.md"),
  [
    "# Photos to try",
    "",
    "Made from the catalogue pictures (and, where said, other free photographs: `../LICENSES.md`) by `scripts/make-seed.ts`.",
    "`labels.json` says which product each shows; `null` means that it is not in the catalogue.",
    "",
    "| file | shows | how it was made |",
    "|---|---|---|",
    ...table,
    "",
  ].join("\n"),
);
console.log(`${products.length} products, ${Object.keys(labels).length} query photos`);

/**
 * Writes what the gates of `triton/` measure encoders by: the sample catalogue's pictures cut as they are indexed, made
 * queries cut as they are searched, and texts. The engine's own code makes them, so that no other preprocessing is
 * measured.
 *
 *   node scripts/evaluation-set.ts <folder> [--side 224] [--pictures]
 *
 * `set.json` says what is in it; `catalogue.bin` is uint8 RGB [products, views, side, side, 3], `queries.bin` the same
 * of queries. With `--pictures`, their files lie in `pictures/`, by number.
 */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse/sync";
import { ANSWER_SCHEMA, PROMPT, SYSTEM } from "../engine/describe/prompts.ts";
import { rgbOf } from "../engine/encode/view-encoder.ts";
import { CATALOGUE_VIEWS, cutViews, QUERY_VIEWS, VIEWS_VERSION, type ViewName } from "../engine/encode/views.ts";
import { seededRandom } from "../engine/evaluate/metrics.ts";
import { makeQuery, TRANSFORMATIONS } from "../engine/evaluate/transformations.ts";
import { productText } from "../engine/match/words.ts";
import { decodePicture } from "../engine/picture/decode.ts";

const CATALOGUE = join(import.meta.dirname, "..", "seed", "products.csv");
/** Sentences with fewer words name no product. */
const LEAST_WORDS = 4;

interface Row {
  sku: string;
  name: string;
  brand: string;
  category: string;
  description: string;
  images: string;
}

/** What a person might type: the product's name, each sentence about it, and the description with every other word. */
function textQueries({ name, category, brand, description }: Row): string[] {
  const sentences = description.split(/(?<=[.!?])\s+/);
  const everyOther = description.split(/\s+/).filter((_, index) => index % 2 === 0);
  return [name, `${brand} ${category} ${name}`.trim(), ...sentences, everyOther.join(" ")].filter(
    (text) => text === name || text.split(/\s+/).length >= LEAST_WORDS,
  );
}

async function views(bytes: Uint8Array, name: string, names: readonly ViewName[], side: number): Promise<Uint8Array[]> {
  return cutViews(rgbOf(await decodePicture(bytes, { name })), names, side);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { side: { type: "string" }, pictures: { type: "boolean", default: false } },
});
const [folder] = positionals;
const side = Number(values.side ?? 224);
if (folder === undefined || !Number.isInteger(side) || side < 1) {
  console.error("Usage: node scripts/evaluation-set.ts <folder> [--side PIXELS] [--pictures]");
  process.exit(2);
}
await mkdir(join(folder, "pictures"), { recursive: true });
const rows: Row[] = parse(await readFile(CATALOGUE), { columns: true });
const files = await Promise.all(rows.map((row) => readFile(join(dirname(CATALOGUE), row.images.split(";")[0] ?? ""))));
const catalogue = createWriteStream(join(folder, "catalogue.bin"));
const queries = createWriteStream(join(folder, "queries.bin"));
const asked: { sku: string; transformation: string }[] = [];
for (const [index, row] of rows.entries()) {
  const file = files[index];
  if (file === undefined) continue;
  for (const view of await views(file, row.sku, CATALOGUE_VIEWS, side)) catalogue.write(view);
  for (const [kind, transformation] of TRANSFORMATIONS.entries()) {
    const random = seededRandom(index * TRANSFORMATIONS.length + kind + 1);
    const behind = files[(index + kind + 1) % files.length] ?? null;
    const bytes = await makeQuery(file, transformation, random, behind);
    for (const view of await views(bytes, row.sku, QUERY_VIEWS, side)) queries.write(view);
    if (values.pictures) await writeFile(join(folder, "pictures", `${asked.length}.jpg`), bytes);
    asked.push({ sku: row.sku, transformation });
  }
}
for (const stream of [catalogue, queries]) {
  stream.end();
  await once(stream, "finish");
}
const set = {
  preprocessing: VIEWS_VERSION,
  side,
  products: rows.map((row) => ({
    sku: row.sku,
    text: productText({ ...row, attributes: {} }),
    textQueries: textQueries(row),
  })),
  catalogueViews: CATALOGUE_VIEWS,
  queryViews: QUERY_VIEWS,
  queries: asked,
  // As the app asks a describer about a picture.
  describe: { system: SYSTEM, prompt: PROMPT, schema: ANSWER_SCHEMA },
};
// Last: whoever finds it knows that the rest is whole.
await writeFile(join(folder, "set.json"), `${JSON.stringify(set, null, 1)}\n`);

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { runModels } from "../../scripts/servers/exported.mjs";
import { rgbOf } from "../encode/view-encoder.ts";
import { CATALOGUE_VIEWS, cutViews, WORKING_SIDE } from "../encode/views.ts";
import { decodePicture } from "../picture/decode.ts";

/** CLIP's two towers, small and with weights at random: they say nothing of quality, and all of what is compared with what. */

const SEED = join(import.meta.dirname, "..", "..", "seed");
const CATALOGUE = join(SEED, "products.csv");
const MODULE = "shelfmatch_triton.export.testing";
/** Of the views that the small tower looks at, in pixels. */
const SIDE = 64;

export const IMAGE_TOWER = "clip-vit-b32-image-reduced";
export const TEXT_TOWER = "clip-vit-b32-text-reduced";

/** Writes both towers, their records and the tokenizer. @param seed of the weights */
export function makePair(folder: string, seed = 0): void {
  runModels(MODULE, ["make", "--target", folder, "--lines", CATALOGUE, "--seed", String(seed)]);
}

/** Texts' token ids, and each text's cosine with every product of the sample, by transformers: the best of its views. */
export interface Reference {
  ids: number[][];
  bySku: Map<string, number>[];
}

/** @param folder as `makePair` wrote it */
export async function askTransformers(folder: string, texts: readonly string[]): Promise<Reference> {
  const rows: { sku: string; images: string }[] = parse(await readFile(CATALOGUE), { columns: true });
  const views: Uint8Array[] = [];
  for (const { sku, images } of rows) {
    const bytes = await readFile(join(SEED, images.split(";")[0] ?? ""));
    const picture = await decodePicture(bytes, { name: sku, side: WORKING_SIDE });
    views.push(...(await cutViews(rgbOf(picture), CATALOGUE_VIEWS, SIDE)));
  }
  const [viewsFile, questions] = [join(folder, "views.bin"), join(folder, "questions.json")];
  await writeFile(viewsFile, Buffer.concat(views));
  await writeFile(questions, JSON.stringify({ texts, views: viewsFile }));
  const said: { ids: number[][]; cosines: number[][] } = JSON.parse(
    runModels(MODULE, ["ask", "--target", folder, "--questions", questions]),
  );
  const best = (cosines: readonly number[], product: number) =>
    Math.max(...cosines.slice(product * CATALOGUE_VIEWS.length, (product + 1) * CATALOGUE_VIEWS.length));
  const bySku = said.cosines.map((row) => new Map(rows.map(({ sku }, product) => [sku, best(row, product)])));
  return { ids: said.ids, bySku };
}

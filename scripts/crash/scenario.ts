import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { loadConfig } from "../../engine/config/load.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";

/** What the crash suite does to a catalogue: every kind of change, each acknowledged once it is durable. */

/** One line of the changing process: from here on the change must survive. */
export const acknowledgement = z.discriminatedUnion("kind", [
  /** Begun: a death from here on leaves the product as it was or as it was to be. */
  z.object({ kind: z.literal("begun"), sku: z.string() }),
  z.object({ kind: z.literal("product"), sku: z.string(), name: z.string(), pictures: z.array(z.string()) }),
  z.object({ kind: z.literal("deleted"), sku: z.string() }),
  z.object({ kind: z.literal("indexed") }),
  z.object({ kind: z.literal("passes"), passes: z.record(z.string(), z.number()) }),
]);
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** Products that are there, and indexed, before anything is changed. */
const BASE = 8;
/** Rows of the import: more than one of its batches. */
const ROWS = 40;

const IMAGES = join(import.meta.dirname, "..", "..", "seed", "images");
const draft = (sku: string, name = `Thing ${sku}`) =>
  productDraftSchema.parse({ sku, name, price: "1.50", currency: "EUR" });

async function pictures(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const names = (await readdir(IMAGES)).sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(IMAGES, name))) })));
}

export async function openEngine(dataFolder: string): Promise<Engine> {
  const config = await loadConfig({ dataFolder, env: process.env });
  return createEngine({ dataFolder, config, onNotice: () => undefined });
}

/** The catalogue that every run starts from. */
export async function makeBase({ services: { editor, indexer } }: Engine): Promise<void> {
  const all = await pictures();
  for (let i = 0; i < BASE; i++) {
    // The last two share a picture, which must stay while one of them has it.
    const [own, shared] = [all[i], all[BASE - 2]];
    if (own && shared) await editor.create(draft(`base-${i}`), i === BASE - 1 ? [own, shared] : [own]);
  }
  await indexer.settled();
}

/** Makes every kind of change, one after the other. */
export async function change(
  { services: { editor, catalog, importer, indexer } }: Engine,
  folder: string,
  acknowledge: (ack: Acknowledgement) => void,
): Promise<void> {
  const all = await pictures();
  const picture = (at: number) => all[at] ?? { name: "none", bytes: new Uint8Array() };
  const told = (product: { sku: string; name: string; pictures: readonly { hash: string }[] }) =>
    acknowledge({
      ...{ kind: "product", sku: product.sku, name: product.name },
      pictures: product.pictures.map(({ hash }) => hash),
    });
  const begin = (sku: string) => acknowledge({ kind: "begun", sku });
  const remove = async (sku: string) => {
    begin(sku);
    await editor.delete(sku);
    acknowledge({ kind: "deleted", sku });
  };

  begin("new-1");
  told(await editor.create(draft("new-1"), [picture(20), picture(21)]));
  begin("base-0");
  told(await editor.update("base-0", { name: "Renamed" }));
  begin("base-1");
  told(await editor.addPicture("base-1", picture(22)));
  const { pictures: own } = await catalog.get("base-1");
  begin("base-1");
  told(await editor.removePicture("base-1", own[0]?.hash ?? ""));
  await remove("base-2");
  await remove(`base-${BASE - 2}`);

  const csv = join(folder, "products.csv");
  const rows = Array.from({ length: ROWS }, (_, i) => `row-${i},Row ${i},${join(IMAGES, all[i]?.name ?? "")}`);
  await writeFile(csv, ["sku,name,images", ...rows].join("\n"));
  const { importId } = await importer.start({ kind: "path", path: csv });
  for await (const { state, failed } of importer.watch(importId)) {
    if (state === "failed") throw new Error(`the import failed: ${JSON.stringify(failed)}`);
  }
  for (const product of await catalog.getMany(rows.map((_, i) => `row-${i}`))) told(product);

  await remove("row-3");
  // Deleted and there again before the index heard of either.
  await remove("row-4");
  begin("row-4");
  told(await editor.create(draft("row-4", "Row 4, again"), [picture(30)]));
  await indexer.settled();
  acknowledge({ kind: "indexed" });
}

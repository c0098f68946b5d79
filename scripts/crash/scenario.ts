import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { loadConfig } from "../../engine/config/load.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import { isErrorCode, isServiceError, ShelfmatchError } from "../../shared/errors.ts";

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

export async function openEngine(dataFolder: string, env: Readonly<Record<string, string>> = {}): Promise<Engine> {
  const config = await loadConfig({ dataFolder, env: { ...process.env, ...env } });
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

/** Milliseconds that a change is tried for while a service is away. */
const PATIENCE_MS = 60_000;

/** As a person would: again, as long as it is a service that fails. `again` says whether the first try went in after all. */
async function persist<T>(work: () => Promise<T>, again: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isServiceError(error) || Date.now() > end) throw error;
      await sleep(300);
      const done = await again().catch(() => null);
      if (done !== null) return done;
    }
  }
}

/** Makes every kind of change, one after the other. */
export async function change(
  { services: { editor, catalog, importer, indexer } }: Engine,
  folder: string,
  acknowledge: (ack: Acknowledgement) => void,
): Promise<void> {
  const all = await pictures();
  const picture = (at: number) => all[at] ?? { name: "none", bytes: new Uint8Array() };
  const told = (product: Product) =>
    acknowledge({
      ...{ kind: "product", sku: product.sku, name: product.name },
      pictures: product.pictures.map(({ hash }) => hash),
    });
  const find = async (sku: string) => (await catalog.getMany([sku]))[0] ?? null;
  /** @param isDone whether the product as it is now shows that the change went in */
  async function make(sku: string, work: () => Promise<Product>, isDone: (product: Product) => boolean): Promise<void> {
    acknowledge({ kind: "begun", sku });
    const again = async () => {
      const product = await find(sku);
      return product !== null && isDone(product) ? product : null;
    };
    told(await persist(work, again));
  }
  async function remove(sku: string): Promise<void> {
    acknowledge({ kind: "begun", sku });
    await persist(
      async () => {
        await editor.delete(sku);
        return true;
      },
      async () => ((await find(sku)) === null ? true : null),
    );
    acknowledge({ kind: "deleted", sku });
  }
  const read = (sku: string) =>
    persist(
      () => catalog.get(sku),
      async () => null,
    );

  await make(
    "new-1",
    () => editor.create(draft("new-1"), [picture(20), picture(21)]),
    () => true,
  );
  await make(
    "base-0",
    () => editor.update("base-0", { name: "Renamed" }),
    ({ name }) => name === "Renamed",
  );
  await make(
    "base-1",
    () => editor.addPicture("base-1", picture(22)),
    (product) => product.pictures.length === 2,
  );
  const first = (await read("base-1")).pictures[0]?.hash ?? "";
  await make(
    "base-1",
    () => editor.removePicture("base-1", first),
    (product) => product.pictures.length === 1,
  );
  await remove("base-2");
  await remove(`base-${BASE - 2}`);

  const csv = join(folder, "products.csv");
  const rows = Array.from({ length: ROWS }, (_, i) => `row-${i},Row ${i},${join(IMAGES, all[i]?.name ?? "")}`);
  await writeFile(csv, ["sku,name,images", ...rows].join("\n"));
  await persist(
    async () => {
      const { importId } = await importer.start({ kind: "path", path: csv });
      for await (const { state, error } of importer.watch(importId)) {
        if (state !== "failed") continue;
        throw new ShelfmatchError(isErrorCode(error?.code) ? error.code : "INTERNAL", error?.message ?? "no reason");
      }
      return true;
    },
    async () => null,
  );
  for (const [i] of rows.entries()) told(await read(`row-${i}`));

  await remove("row-3");
  // Deleted and there again before the index heard of either.
  await remove("row-4");
  await make(
    "row-4",
    () => editor.create(draft("row-4", "Row 4, again"), [picture(30)]),
    () => true,
  );
  await persist(
    () => indexer.settled().then(() => true),
    async () => null,
  );
  acknowledge({ kind: "indexed" });
}

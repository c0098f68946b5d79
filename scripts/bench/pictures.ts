import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { seededRandom } from "../../engine/evaluate/metrics.ts";
import { makeQuery, TRANSFORMATIONS } from "../../engine/evaluate/transformations.ts";

const IMAGES = join(import.meta.dirname, "..", "..", "seed", "images");

/** Catalogue-like photographs: the sample's, each changed in another way, so that no two files are the same. */
export async function makePictures(folder: string, count: number, seed: number): Promise<void> {
  await mkdir(folder);
  const names = (await readdir(IMAGES)).sort();
  const random = seededRandom(seed);
  for (let i = 0; i < count; i++) {
    const source = await readFile(join(IMAGES, names[i % names.length] ?? ""));
    const transformation = TRANSFORMATIONS[Math.floor(i / names.length) % TRANSFORMATIONS.length] ?? "crop";
    await writeFile(
      join(folder, `picture-${String(i).padStart(4, "0")}.jpg`),
      await makeQuery(source, transformation, random),
    );
  }
}

/** @returns pictures a second, from the file in the folder to the product that a search finds */
export async function importAll(engine: Engine, pictures: string): Promise<number> {
  const started = performance.now();
  const { importId } = await engine.services.importer.start({ kind: "path", path: pictures });
  let images = 0;
  for await (const progress of engine.services.importer.watch(importId)) images = progress.images;
  return images / ((performance.now() - started) / 1000);
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { SearchState } from "../../shared/contract/duplicates.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { loadConfig } from "../config/load.ts";
import { createEngine, type Engine } from "../engine.ts";

/** The whole embedded engine on four products of the sample's pictures: real weights, real points. */

const IMAGES = join(import.meta.dirname, "../../seed/images");
let folder: string;
let engine: Engine;

const open = async () =>
  createEngine({
    dataFolder: folder,
    config: await loadConfig({ dataFolder: folder }),
    onNotice: (notice) => expect.fail(notice),
  });

async function search(): Promise<SearchState> {
  const { duplicates } = engine.services;
  let state = await duplicates.search();
  while (state.state === "running") {
    await sleep(50);
    state = await duplicates.state();
  }
  return state;
}
const pairs = async () =>
  (await engine.services.duplicates.list({ page: 1, pageSize: 50 })).items.map((pair) => ({
    ...pair,
    skus: pair.products.map(({ sku }) => sku),
  }));

let original: Uint8Array;
let retouched: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-duplicates-"));
  engine = await open();
  original = await readFile(join(IMAGES, "allstar-sneakers.jpg"));
  // The same photograph from another shop: smaller, cut closer, brighter.
  const { width = 0, height = 0 } = await sharp(original).metadata();
  const cut = { left: 0, top: 0, width: Math.round(width * 0.94), height: Math.round(height * 0.95) };
  retouched = await sharp(original).extract(cut).resize(420).modulate({ brightness: 1.08 }).jpeg().toBuffer();
  const other = { name: "other", bytes: await readFile(join(IMAGES, "laptop.jpg")) };
  const add = (sku: string, name: string, bytes: Uint8Array) =>
    engine.services.editor.create(productDraftSchema.parse({ sku, name }), [{ name: sku, bytes }]);
  await add("sneakers", "Sneakers", original);
  await add("sneakers-2", "Canvas shoes, high", retouched);
  await add("laptop", "Laptop", other.bytes);
  await add("laptop-2", "Office laptop", other.bytes);
  await engine.services.indexer.settled();
}, 180_000);

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

test("the same picture, and the same photograph in another form, are found with evidence; others are not", async () => {
  expect(await engine.services.duplicates.state()).toMatchObject({ state: "never", found: 0 });
  const state = await search();
  expect(state).toMatchObject({ state: "done", done: 8, total: 8, found: 2, error: null });
  const [first, second, ...more] = await pairs();
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    skus: ["laptop", "laptop-2"],
    samePicture: true,
    similarity: 1,
    sharedWords: ["laptop"],
  });
  expect(second).toMatchObject({ skus: ["sneakers", "sneakers-2"], samePicture: false });
  expect(second?.similarity).toBeGreaterThan(0.6);
  expect(second?.inliers).toBeGreaterThan(15);
  expect(second?.points.length).toBeGreaterThan(0);
}, 180_000);

test("one product's are found without a search of all, and what was decided is left out", async () => {
  const { duplicates, editor, catalog } = engine.services;
  const of = async (sku: string) =>
    (await duplicates.of(sku)).map((pair) => pair.products.map((one) => one.sku).sort());
  expect(await of("laptop-2")).toEqual([["laptop", "laptop-2"]]);
  const [pair] = await duplicates.of("sneakers-2");
  expect(pair?.products.map(({ sku }) => sku).sort()).toEqual(["sneakers", "sneakers-2"]);
  expect(pair?.inliers).toBeGreaterThan(15);
  // By name and by article, where no picture says so.
  const named = { sku: "case", name: "laptop", barcode: "14006381333938" };
  await editor.create(productDraftSchema.parse(named), []);
  await editor.create(productDraftSchema.parse({ sku: "pen", name: "Pen", barcode: "4006381333931" }), []);
  expect(await of("case")).toEqual(expect.arrayContaining([["case", "laptop"]]));
  expect(await of("case")).toEqual(expect.arrayContaining([["case", "pen"]]));
  expect((await duplicates.of("pen"))[0]).toMatchObject({ sameArticle: true, samePicture: false });
  const decision = await duplicates.distinct(["case", "pen"]);
  expect(await of("pen")).toEqual([]);
  await duplicates.undo(decision);
  for (const sku of ["case", "pen"]) await catalog.delete(sku);
  await expect(duplicates.of("pen")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  await engine.services.indexer.settled();
}, 180_000);

test("what was found outlives a restart, and what can't be read of it is searched anew", async () => {
  await engine.close();
  engine = await open();
  expect(await engine.services.duplicates.state()).toMatchObject({ state: "done", found: 2 });
  const { id } = { id: await engine.services.duplicates.distinct(["laptop", "laptop-2"]) };
  expect((await pairs()).map(({ skus }) => skus)).toEqual([["sneakers", "sneakers-2"]]);
  await engine.services.duplicates.undo(id);
  expect(await pairs()).toHaveLength(2);
  await engine.close();
  await writeFile(join(folder, "duplicates.json"), "cut sho");
  engine = await open();
  expect(await engine.services.duplicates.state()).toMatchObject({ state: "never", found: 0 });
}, 180_000);

test("a match among variants says that it is one of them where their picture is the same", async () => {
  const ask = async (): Promise<MatchResult> => {
    let last: MatchResult | null = null;
    const picture = { name: "photo", bytes: await readFile(join(IMAGES, "laptop.jpg")) };
    for await (const result of engine.services.matcher.match({ picture })) last = result;
    if (last === null) throw new Error("no answer");
    return last;
  };
  const apart = await ask();
  expect(apart.variants).toBeUndefined();
  await engine.services.duplicates.variants(["laptop", "laptop-2"]);
  const together = await ask();
  expect(together.verdict).toBe("similar");
  expect(together.variants).toMatchObject({ told: false });
  expect(together.variants?.confidence).toBeGreaterThan(0.9);
  expect(together.variants?.products.map(({ sku }) => sku).sort()).toEqual(["laptop", "laptop-2"]);
}, 180_000);

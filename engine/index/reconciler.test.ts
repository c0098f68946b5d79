import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { openEmbeddedIndex } from "./embedded/embedded.ts";
import { createReconciler } from "./reconciler.ts";
import { product, SPEC } from "./test-points.ts";
import { oneTarget } from "./testing/one-target.ts";

let folder: string;
const open: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-reconciler-"));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

/** A catalogue of A, B and C, all indexed, and an indexer that starts over it. */
async function start(wholeUpTo: number) {
  const catalog = await openSqliteCatalog({ folder: join(folder, "catalog") });
  const index = await openEmbeddedIndex({ folder: join(folder, "index"), onNotice: () => {} });
  const collection = await index.open(SPEC);
  for (const sku of ["A", "B", "C"]) await catalog.create(productDraftSchema.parse({ sku, name: sku }), []);
  await collection.replaceProducts([product("A", 1), product("B", 2), product("C", 3)]);
  await catalog.markIndexed((await catalog.jobs(["A", "B", "C"])).map((job) => ({ sku: job.product.sku, ...job })));
  const embedded: string[] = [];
  const indexer = createReconciler({
    catalog,
    wholeUpTo,
    targets: oneTarget({
      collection,
      embed: async ({ product: { sku } }) => {
        embedded.push(sku);
        return product(sku, sku.charCodeAt(0)).points;
      },
    }),
    log: () => {},
  });
  open.push(
    () => catalog.close(),
    () => index.close(),
    () => indexer.close(),
  );
  return { catalog, collection, indexer, embedded };
}

test.each([{ wholeUpTo: 100 }, { wholeUpTo: 0 }])(
  "what the index lost comes back, compared whole up to $wholeUpTo",
  async ({ wholeUpTo }) => {
    const { collection, indexer, embedded } = await start(wholeUpTo);
    await collection.deleteProducts(["B"]);
    indexer.nudge();
    await indexer.firstLook;
    await indexer.settled();
    expect(embedded).toEqual(["B"]);
    expect(await collection.skus()).toEqual(new Set(["A", "B", "C"]));
  },
);

test("one by one, also what nobody has goes; in number, only a difference in number is seen", async () => {
  const { collection, indexer, embedded } = await start(100);
  await collection.deleteProducts(["B"]);
  await collection.replaceProducts([product("stranger", 9)]);
  indexer.nudge();
  await indexer.settled();
  expect(embedded).toEqual(["B"]);
  expect(await collection.skus()).toEqual(new Set(["A", "B", "C"]));
});

test("where the numbers agree in a large catalogue nothing is read, and changes are indexed as ever", async () => {
  const { catalog, collection, indexer, embedded } = await start(0);
  const skus = collection.skus;
  collection.skus = () => Promise.reject(new Error("every SKU was read"));
  indexer.nudge();
  await indexer.settled();
  expect(embedded).toEqual([]);
  await catalog.update("C", { name: "changed" });
  indexer.nudge();
  await indexer.settled();
  expect(embedded).toEqual(["C"]);
  collection.skus = skus;
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testPicture } from "../catalog/test-pictures.ts";
import { createDecider } from "./decide.ts";

let folder: string;
let catalog: Catalog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-decide-"));
  catalog = await openSqliteCatalog({ folder });
});
afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
});

const decider = () => createDecider(catalog, () => {});
const plain = { indexState: expect.anything(), updatedAt: expect.anything(), createdAt: expect.anything() };

async function twins() {
  const [shared, one, two] = [await testPicture(1), await testPicture(2), await testPicture(3)];
  await catalog.create(productDraftSchema.parse({ sku: "A", name: "Boots", attributes: { size: "38" } }), [
    shared,
    one,
  ]);
  const draft = { sku: "B", name: "Boot", brand: "Aigle", price: "9.90", currency: "EUR", barcode: "4006381333931" };
  await catalog.create(productDraftSchema.parse({ ...draft, attributes: { size: "39", colour: "red" } }), [
    shared,
    two,
  ]);
  return { shared, one, two, before: await catalog.getMany(["A", "B"]) };
}

test("a merge gives one product what it lacks of the other, which goes, and is undone as it was", async () => {
  const { shared, one, two, before } = await twins();
  const { product, decision } = await decider().merge("A", "B");
  expect(product).toMatchObject({ name: "Boots", brand: "Aigle", price: "9.90", currency: "EUR" });
  expect(product).toMatchObject({ barcode: "4006381333931", attributes: { size: "38", colour: "red" } });
  expect(product.pictures.map(({ hash }) => hash)).toEqual([shared.hash, one.hash, two.hash]);
  expect(await catalog.allSkus()).toEqual(["A"]);
  expect(await catalog.deletedSkus()).toEqual(["B"]);
  expect((await catalog.decisions())[0]).toMatchObject({ kind: "merged", id: decision, from: { sku: "B" } });

  expect(await decider().undo(decision)).toEqual(["A", "B"]);
  expect(await catalog.getMany(["A", "B"])).toEqual(before.map((was) => ({ ...was, ...plain })));
  expect(await catalog.deletedSkus()).toEqual([]);
  expect(await catalog.decisions()).toEqual([]);
  await expect(decider().undo(decision)).rejects.toMatchObject({ code: "DECISION_NOT_FOUND" });
});

test("what was changed by hand after a merge stays so when it is undone", async () => {
  const { two } = await twins();
  const { decision } = await decider().merge("A", "B");
  await catalog.update("A", { brand: "Other", description: "New" });
  await catalog.removePicture("A", two.hash);
  await decider().undo(decision);
  expect(await catalog.get("A")).toMatchObject({ brand: "Other", description: "New", price: null, barcode: null });
  // The picture that was taken off meanwhile is gone; the rest of the other product is back.
  expect((await catalog.get("B")).pictures).toHaveLength(1);
});

test("a merge is not undone over a product that has taken the SKU", async () => {
  await twins();
  const { decision } = await decider().merge("A", "B");
  await catalog.create(productDraftSchema.parse({ sku: "B", name: "Another", barcode: "2000041010134" }), []);
  await expect(decider().undo(decision)).rejects.toMatchObject({ code: "PRODUCT_EXISTS" });
  expect((await catalog.get("B")).name).toBe("Another");
});

test("a product is not merged with itself, nor with one that is not there", async () => {
  await twins();
  await expect(decider().merge("A", "A")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(decider().merge("A", "no")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  expect(await catalog.decisions()).toEqual([]);
});

test("groups of variants grow together, and end where one is left", async () => {
  for (const sku of ["A", "B", "C", "D"]) await catalog.create(productDraftSchema.parse({ sku, name: sku }), []);
  await decider().variants(["A", "B"]);
  await decider().variants(["C", "D"]);
  expect((await decider().variants(["B", "C"])).skus).toEqual(["A", "B", "C", "D"]);
  expect((await decider().group("D")).map(({ sku }) => sku)).toEqual(["A", "B", "C", "D"]);
  for (const sku of ["A", "B", "C"]) await decider().apart(sku);
  expect(await decider().group("D")).toEqual([]);
  expect((await catalog.get("D")).variantGroup).toBeUndefined();
});

test("that products are distinct is kept until it is undone", async () => {
  await twins();
  const id = await decider().distinct(["A", "B"]);
  expect((await catalog.decisions())[0]).toMatchObject({ kind: "distinct", skus: ["A", "B"] });
  expect(await decider().undo(id)).toEqual(["A", "B"]);
  expect(await catalog.decisions()).toEqual([]);
});

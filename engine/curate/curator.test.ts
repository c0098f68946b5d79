import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BulkWork, Selection } from "../../shared/contract/bulk.ts";
import { productQuerySchema } from "../../shared/contract/catalog.ts";
import { type ProductDraftInput, productDraftSchema } from "../../shared/contract/domain.ts";
import { createCatalogEditor } from "../catalog/editor.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testJpeg, testPicture } from "../catalog/test-pictures.ts";
import type { Curator } from "../services.ts";
import { createCurator } from "./curator.ts";
import { edited } from "./edit.ts";

let folder: string;
let catalog: Catalog;
let curator: Curator;
const limits = { pictureBytes: 1e7, picturePixels: 1e7 };
const collection = () => Promise.reject(new Error("no vectors in these tests"));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-curator-"));
  catalog = await openSqliteCatalog({ folder });
  curator = createCurator({ catalog, collection, indexer: { nudge: () => {} }, log: () => {} });
});
afterEach(async () => {
  await curator.close();
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (sku: string, input: Partial<ProductDraftInput> = {}) =>
  catalog.create(productDraftSchema.parse({ sku, name: sku, ...input }), []);

async function run(selection: Selection, work: BulkWork) {
  const { id } = await curator.start(selection, work);
  return end(id);
}
async function end(id: string) {
  for await (const job of curator.watch(id)) if (job.state !== "running") return job;
  throw new Error("the job never ended");
}

describe("bulk edits", () => {
  test("all of a filter but some is changed, and an undo gives back what nobody has changed since", async () => {
    for (let n = 0; n < 450; n += 1)
      await create(`S-${n}`, { brand: n < 449 ? "x" : "y", price: "10.00", currency: "EUR" });
    const query = productQuerySchema.parse({ brand: ["x"] });
    const changes = {
      category: "Sale",
      price: { by: "percent", value: "-12.5" },
      attributes: { season: "2026" },
    } as const;
    const job = await run({ kind: "all", query, except: ["S-3"] }, { kind: "edit", changes });
    expect(job).toMatchObject({ state: "done", total: 448, done: 448, changed: 448, refused: 0 });
    expect(await catalog.get("S-7")).toMatchObject({ category: "Sale", price: "8.75", attributes: { season: "2026" } });
    expect(await catalog.get("S-3")).toMatchObject({ category: "", price: "10.00" });
    await catalog.update("S-8", { category: "Mine" });

    const undo = await end((await curator.undo(job.id)).id);
    expect(undo).toMatchObject({ kind: "undo", state: "done", done: 448, changed: 447, refused: 1 });
    expect(undo.refusals[0]?.message).toContain("category");
    expect(await catalog.get("S-7")).toMatchObject({ category: "", price: "10.00", attributes: {} });
    expect(await catalog.get("S-8")).toMatchObject({ category: "Mine", price: "8.75" });
    expect(curator.list().find(({ id }) => id === job.id)?.undone).toBe(true);
  });

  test("what can't be changed so is told by its SKU, and the others are changed", async () => {
    await create("A", { price: "1.00", currency: "EUR" });
    await create("B", { price: "5.00", currency: "EUR" });
    await create("C");
    const work = { kind: "edit", changes: { price: { by: "amount", value: "-2" } } } as const;
    const job = await run({ kind: "some", skus: ["A", "B", "C", "gone"] }, work);
    expect(job).toMatchObject({ state: "done", changed: 1, refused: 2 });
    expect(job.refusals.map(({ sku }) => sku).toSorted()).toEqual(["A", "gone"]);
    expect((await catalog.get("B")).price).toBe("3.00");
  });

  test("a deletion is undone whole, also by an engine that was started since", async () => {
    await create("A");
    await catalog.addPicture("A", await testPicture(1));
    await catalog.setVariantGroup(["A"], "g");
    const before = await catalog.get("A");
    const job = await run({ kind: "some", skus: ["A"] }, { kind: "delete" });
    expect(job).toMatchObject({ state: "done", changed: 1 });
    expect(await catalog.allSkus()).toEqual([]);
    await curator.close();
    curator = createCurator({ catalog, collection, indexer: { nudge: () => {} }, log: () => {} });
    expect(await end((await curator.undo(job.id)).id)).toMatchObject({ state: "done", changed: 1 });
    expect(await catalog.get("A")).toEqual(before);
  });

  test("a job that is cancelled keeps what it did; jobs come one at a time", async () => {
    for (let n = 0; n < 600; n += 1) await create(`S-${n}`);
    const query = productQuerySchema.parse({});
    const { id } = await curator.start({ kind: "all", query, except: [] }, { kind: "edit", changes: { brand: "x" } });
    await expect(curator.start({ kind: "some", skus: ["S-1"] }, { kind: "delete" })).rejects.toMatchObject({
      code: "JOB_RUNNING",
    });
    const job = await curator.cancel(id);
    expect(job.state).toBe("cancelled");
    expect((await catalog.list(productQuerySchema.parse({ brand: ["x"] }))).total).toBe(job.changed);
    await expect(curator.undo("00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    await expect(
      curator.start({ kind: "all", query: { ...query, brand: ["nobody"] }, except: [] }, { kind: "delete" }),
    ).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("prices", () => {
  const price = async (now: string | null, change: NonNullable<Parameters<typeof edited>[1]["price"]>) => {
    const product = await create(`P-${Math.random()}`, now === null ? {} : { price: now, currency: "EUR" });
    return edited(product, { price: change }).price;
  };

  test("are counted exactly, and rounded half up to cents where a percentage makes parts of them", async () => {
    expect(await price("0.10", { by: "amount", value: "0.20" })).toBe("0.30");
    expect(await price("999999999999.9998", { by: "amount", value: "0.0001" })).toBe("999999999999.9999");
    expect(await price("10", { by: "percent", value: "5" })).toBe("10.50");
    expect(await price("0.50", { by: "percent", value: "1" })).toBe("0.51");
    expect(await price("19.99", { by: "percent", value: "-100" })).toBe("0.00");
    expect(await price(null, { by: "percent", value: "5" })).toBeNull();
    expect(await price("1", { by: "set", value: "7.5" })).toBe("7.5");
    await expect(price("1", { by: "percent", value: "-101" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(price("999999999999", { by: "amount", value: "1" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("one product", () => {
  const editor = () => createCatalogEditor({ catalog, indexer: { nudge: () => {} }, limits });

  test("pictures are arranged, replaced and cropped in place, and each step can be reverted", async () => {
    const bytes = await Promise.all([1, 2, 3].map((seed) => testJpeg(seed)));
    const named = (at: number) => ({ name: `${at}.jpg`, bytes: bytes[at] ?? new Uint8Array() });
    const first = await editor().create(productDraftSchema.parse({ sku: "A", name: "A" }), [named(0), named(1)]);
    const [one, two] = first.pictures.map(({ hash }) => hash);
    const turned = await editor().arrangePictures("A", [two ?? "", one ?? ""]);
    expect(turned.pictures.map(({ hash }) => hash)).toEqual([two, one]);
    await expect(editor().arrangePictures("A", ["0".repeat(64)])).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
    const replaced = await editor().replacePicture("A", two ?? "", named(2));
    expect(replaced.pictures.map(({ hash }) => hash).at(1)).toBe(one);
    const three = replaced.pictures[0]?.hash ?? "";
    const cropped = await editor().cropPicture("A", three, { x: 0.5, y: 0, width: 0.5, height: 1 });
    expect(cropped.pictures[0]).toMatchObject({ width: 32, height: 64 });
    const [crop, replacing, turning] = await catalog.changes({ sku: "A", limit: 3 });
    await expect(editor().revert(turning?.id ?? 0)).rejects.toMatchObject({ code: "PRODUCT_CHANGED" });
    for (const change of [crop, replacing, turning]) await editor().revert(change?.id ?? 0);
    expect((await catalog.get("A")).pictures).toEqual(first.pictures);
  });

  test("a change's values come back, and what changed since refuses to be overwritten", async () => {
    await create("A", { price: "1.00", currency: "EUR", attributes: { size: "38" } });
    await editor().update("A", { price: "2.00", attributes: { size: "39" } });
    const [change] = await catalog.changes({ sku: "A", limit: 1 });
    expect(await editor().revert(change?.id ?? 0)).toMatchObject({ price: "1.00", attributes: { size: "38" } });
    await expect(editor().revert(change?.id ?? 0)).rejects.toMatchObject({ code: "PRODUCT_CHANGED" });
    await expect(editor().revert(123_456)).rejects.toMatchObject({ code: "CHANGE_NOT_FOUND" });
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { CatalogEditor } from "../services.ts";
import { createCatalogEditor } from "./editor.ts";
import type { Catalog } from "./port.ts";
import { openSqliteCatalog } from "./sqlite/sqlite.ts";
import { testJpeg } from "./test-pictures.ts";

let folder: string;
let catalog: Catalog;
let editor: CatalogEditor;
let nudges = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-editor-"));
  catalog = await openSqliteCatalog({ folder });
  nudges = 0;
  const indexer = {
    nudge: () => {
      nudges += 1;
    },
  };
  editor = createCatalogEditor({ catalog, indexer, limits: defaultConfig.limits });
});
afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
});

const draft = productDraftSchema.parse({ sku: "A", name: "Lamp" });

test("a product with pictures: sizes, thumbnails, the same picture twice is one; every change nudges the indexer", async () => {
  const bytes = await testJpeg(1, 600);
  const product = await editor.create(draft, [
    { name: "a.jpg", bytes },
    { name: "again.jpg", bytes },
  ]);
  expect(product.pictures).toEqual([{ hash: expect.any(String), width: 600, height: 600, bytes: bytes.byteLength }]);
  const hash = product.pictures[0]?.hash ?? "";
  expect((await catalog.picture(hash, "full")).bytes).toEqual(bytes);
  const thumbnail = await catalog.picture(hash, "thumbnail");
  expect(thumbnail.bytes.byteLength).toBeLessThan(bytes.byteLength);
  await editor.addPicture("A", { name: "b.jpg", bytes: await testJpeg(2) });
  await editor.removePicture("A", hash);
  await editor.update("A", { name: "Lamp 2" });
  await editor.delete("A");
  expect(nudges).toBe(5);
  expect(await catalog.allSkus()).toEqual([]);
});

test("an unreadable picture refuses the product, by the picture's name, and nothing stays", async () => {
  const good = { name: "good.jpg", bytes: await testJpeg(1) };
  const cut = { name: "cut.jpg", bytes: (await testJpeg(2, 300)).slice(0, 900) };
  await expect(editor.create(draft, [good, cut])).rejects.toMatchObject({
    code: "IMAGE_UNREADABLE",
    message: expect.stringContaining("cut.jpg"),
  });
  expect(await catalog.allSkus()).toEqual([]);
  await editor.create(draft, []);
  const text = { name: "x.jpg", bytes: new TextEncoder().encode("hello") };
  await expect(editor.addPicture("A", text)).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  await expect(editor.addPicture("no", good)).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  expect((await catalog.get("A")).pictures).toEqual([]);
});

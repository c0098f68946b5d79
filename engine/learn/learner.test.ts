import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Config, defaultConfig } from "../../shared/config.ts";
import { productDraftSchema, type Region } from "../../shared/contract/domain.ts";
import { createCatalogEditor } from "../catalog/editor.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testJpeg } from "../catalog/test-pictures.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Journal } from "../journal/port.ts";
import { openSqliteJournal } from "../journal/sqlite/journal.ts";
import { hashOf } from "../picture/decode.ts";
import { lookAt } from "../picture/look.ts";
import { createLearner } from "./learner.ts";

let folder: string;
let catalog: Catalog;
let journal: Journal;
let config: Config;
let nudged: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-learner-"));
  config = structuredClone(defaultConfig);
  config.journal.queryPhotos = "full";
  nudged = 0;
  catalog = await openSqliteCatalog({ folder: join(folder, "catalog") });
  journal = await openSqliteJournal({ folder: join(folder, "journal"), settings: config.journal, onNotice: () => {} });
  await catalog.create(productDraftSchema.parse({ sku: "A", name: "A" }), []);
});
afterEach(async () => {
  await catalog.close();
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});

const learner = () =>
  createLearner({
    journal,
    editor: createCatalogEditor({
      catalog,
      indexer: { nudge: () => void nudged++ },
      limits: { pictureBytes: 1e7, picturePixels: 1e7 },
    }),
    config: () => config,
    log: () => {},
  });

/** A journalled run of the photo, as the matcher writes it. */
async function runOf(bytes: Uint8Array, { region, keep = false }: { region?: Region; keep?: boolean } = {}) {
  const { contentHash } = await lookAt(bytes, { name: "photo" }, region)(WORKING_SIDE);
  const runId = `run-${Math.random()}`;
  const result = {
    ...{
      runId,
      stage: "refined" as const,
      verdict: "match" as const,
      matches: [],
      description: null,
      described: null,
      describing: false,
      timings: {},
    },
    picture: { hash: contentHash, width: 64, height: 64, format: "jpeg" },
    ...{ fingerprint: "f", warnings: [] },
  };
  await journal.recordRun(
    {
      ...{ runId, time: new Date().toISOString(), kind: "picture", source: "photo.jpg", text: null },
      ...{ region: region ?? null, verdict: "match", result, error: null, photo: keep ? contentHash : null },
      feedback: null,
    },
    keep ? { hash: contentHash, bytes, mediaType: "image/jpeg" } : null,
  );
  return runId;
}

test("a photo at hand becomes a picture that names its run, is indexed, and can be taken off", async () => {
  const bytes = await testJpeg(1);
  const runId = await runOf(bytes);
  const { product, hash } = await learner().addPhoto({ runId, sku: "A", picture: { name: "photo.jpg", bytes } });
  expect(hash).toBe(hashOf(bytes));
  expect(product.pictures).toMatchObject([{ hash, origin: { runId, photo: hashOf(bytes) } }]);
  expect((await catalog.get("A")).indexState).toBe("pending");
  expect(nudged).toBe(1);
  expect((await catalog.removePicture("A", hash)).pictures).toEqual([]);
});

test("a kept photo serves where none is sent; where none was kept, that is said", async () => {
  const bytes = await testJpeg(2);
  const kept = await learner().addPhoto({ runId: await runOf(bytes, { keep: true }), sku: "A" });
  expect((await catalog.picture(kept.hash, "full")).bytes).toEqual(bytes);
  const runId = await runOf(bytes);
  await expect(learner().addPhoto({ runId, sku: "A" })).rejects.toMatchObject({
    code: "PICTURE_NOT_FOUND",
    message: expect.stringContaining("was not kept"),
  });
});

test("of a part that was asked about, the part becomes the picture", async () => {
  const bytes = await testJpeg(3);
  const region = { x: 0.25, y: 0, width: 0.5, height: 0.25 };
  const runId = await runOf(bytes, { region });
  const { product, hash } = await learner().addPhoto({ runId, sku: "A", picture: { name: "photo.jpg", bytes } });
  expect(product.pictures).toMatchObject([{ width: 32, height: 16, origin: { photo: hashOf(bytes) } }]);
  const { bytes: part } = await catalog.picture(hash, "full");
  expect(await sharp(part).metadata()).toMatchObject({ format: "jpeg", width: 32, height: 16 });
});

test("another photo than the run's, a run without one and an unknown product are refused", async () => {
  const bytes = await testJpeg(4);
  const runId = await runOf(bytes);
  const other = { name: "other.jpg", bytes: await testJpeg(5) };
  await expect(learner().addPhoto({ runId, sku: "A", picture: other })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("other.jpg is not the photo"),
  });
  const picture = { name: "photo.jpg", bytes };
  await expect(learner().addPhoto({ runId, sku: "no", picture })).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  await expect(learner().addPhoto({ runId: "no", sku: "A", picture })).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  expect((await catalog.get("A")).pictures).toEqual([]);
});

test("where the settings say never, nothing is added", async () => {
  const bytes = await testJpeg(6);
  const runId = await runOf(bytes);
  config.learn.confirmedPhotos = "never";
  const picture = { name: "photo.jpg", bytes };
  await expect(learner().addPhoto({ runId, sku: "A", picture })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

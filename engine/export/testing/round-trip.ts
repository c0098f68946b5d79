import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../../shared/config.ts";
import { type Product, productDraftSchema } from "../../../shared/contract/domain.ts";
import type { ExportFormat } from "../../../shared/contract/exports.ts";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { toPictureUpload } from "../../catalog/picture-upload.ts";
import type { Catalog } from "../../catalog/port.ts";
import { testJpeg } from "../../catalog/test-pictures.ts";
import { createImporter } from "../../import/importer.ts";
import { startIndexer } from "../../import/testing/start-indexer.ts";
import type { OwnVectors } from "../../import/vectors.ts";
import { createExporter } from "../exporter.ts";
import type { StoredVectors } from "../parquet.ts";

/**
 * Export, import into an empty catalogue, compare: shared by every catalogue adapter.
 * @param open an empty catalogue, each time another
 */
export function roundTripSuite(open: () => Promise<Catalog>): void {
  let folder: string;
  const opened: Catalog[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-export-"));
  });
  afterEach(async () => {
    for (const catalog of opened.splice(0)) await catalog.close();
    await rm(folder, { recursive: true, force: true });
  });
  async function openOne(): Promise<Catalog> {
    const catalog = await open();
    opened.push(catalog);
    return catalog;
  }

  async function fill(catalog: Catalog): Promise<void> {
    const upload = async (n: number) =>
      toPictureUpload({ name: `${n}.jpg`, bytes: await testJpeg(n) }, defaultConfig.limits);
    const [a, b, c] = [await upload(1), await upload(2), await upload(3)];
    const origin = { runId: "run-1", photo: "a".repeat(64), time: "2026-01-02T03:04:05.678Z" };
    const drafts = [
      {
        draft: {
          ...{ sku: "007", name: '=SUM("A1") "quoted", with; marks', category: "Toys / Cars", brand: "'=x" },
          ...{ price: "1234567.8900", currency: "EUR", barcode: "0012345678905" },
          description: "Two\nlines\r\nand a\ttab, ümläut, 漢字, 🧸  ",
          attributes: { Colour: "red|blue", price: "in a column's name", sku: "another", "attribute:odd": "-1+1" },
        },
        // In another order than their hashes, and the second one confirmed.
        pictures: [c, { ...a, origin }, b],
      },
      { draft: { sku: "A-1", name: "Plain" }, pictures: [] },
      {
        draft: { sku: "A-2", name: "Free", price: "0", currency: "JPY", attributes: { Colour: "@home" } },
        pictures: [a],
      },
      { draft: { sku: "a/3 ?#%", name: "Odd key", price: "0.1", barcode: "not digits" }, pictures: [b] },
    ];
    const entries = drafts.map(({ draft, pictures }, n) => ({
      ...{ draft: productDraftSchema.parse(draft), pictures, otherPictures: "remove" as const },
      times: { createdAt: `2025-01-0${n + 1}T00:00:00.000Z`, updatedAt: `2025-02-0${n + 1}T10:20:30.400Z` },
    }));
    for (const answer of await catalog.upsert(entries)) if (answer instanceof Error) throw answer;
    await catalog.setVariantGroup(["A-1", "A-2"], "group-1");
  }

  async function everything(catalog: Catalog): Promise<unknown[]> {
    const products = await catalog.getMany((await catalog.allSkus()).sort());
    // The index is each catalogue's own.
    return products.map(({ indexState: _, indexReason: __, ...rest }: Product) => rest);
  }

  async function bringIn(catalog: Catalog, path: string, vectors?: OwnVectors): Promise<ImportProgress> {
    const { indexer } = startIndexer(catalog);
    const importer = createImporter({
      ...{ catalog, indexer, limits: defaultConfig.limits, folder: join(folder, "imports") },
      ...{ web: () => defaultConfig.imports, log: () => undefined, onNotice: (text: string) => expect.fail(text) },
      ...(vectors === undefined ? {} : { vectors }),
    });
    try {
      const { importId } = await importer.start({ kind: "path", path });
      let last: ImportProgress | null = null;
      for await (const progress of importer.watch(importId)) last = progress;
      if (last === null) throw new Error("no progress");
      return last;
    } finally {
      await importer.close();
      await indexer.close();
    }
  }

  async function exportTo(catalog: Catalog, format: ExportFormat, pictures: boolean, vectors?: StoredVectors) {
    const exporter = await createExporter({
      ...{ catalog, folder: join(folder, "exports") },
      vectors: async () => vectors ?? Promise.reject(new Error("none asked for")),
    });
    const path = join(folder, `out.${pictures ? "zip" : format}`);
    const request = { format, pictures, embeddings: vectors !== undefined, path, replace: true };
    for await (const _ of exporter.make(request));
    return path;
  }

  for (const format of ["csv", "jsonl", "xlsx", "parquet"] as const) {
    test(`${format} with its pictures comes back as it was, into an empty catalogue`, { timeout: 60_000 }, async () => {
      const from = await openOne();
      await fill(from);
      const path = await exportTo(from, format, true);
      const to = await openOne();
      const progress = await bringIn(to, path);
      expect(progress.failed).toEqual([]);
      expect(progress).toMatchObject({ state: "done", products: 4 });
      expect(await everything(to)).toEqual(await everything(from));
      for (const product of await from.getMany(await from.allSkus())) {
        for (const { hash } of product.pictures) {
          expect((await to.picture(hash, "full")).bytes).toEqual((await from.picture(hash, "full")).bytes);
        }
      }
      // Where it came from it changes nothing, and needs no pictures beside it.
      const again = await bringIn(from, await exportTo(from, format, false));
      expect(again).toMatchObject({ state: "done", products: 4, unchanged: 4, failed: [] });
    });
  }

  test("Parquet brings embeddings of the same encoder along, and those of another are not taken", async () => {
    const from = await openOne();
    await fill(from);
    const views = ["one", "two"];
    const vectorOf = (hash: string, view: number) => {
      const values = Float32Array.from([Number.parseInt(hash.slice(0, 4), 16), view + 1, 3]);
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    };
    const stored: StoredVectors = {
      ...{ fingerprint: "encoder/1", dimensions: 3, views },
      read:
        async () =>
        (_, { hash }) =>
          Float32Array.from(views.flatMap((__, view) => [...vectorOf(hash, view)])),
    };
    const path = await exportTo(from, "parquet", true, stored);
    const taken = new Map<string, readonly Float32Array[]>();
    const own = (changes: Partial<OwnVectors>): OwnVectors => ({
      ...{ fingerprint: "encoder/1", dimensions: 3, views, ...changes },
      put: (hash, embeddings) => void taken.set(hash, embeddings),
    });
    const others: [Partial<OwnVectors>, RegExp][] = [
      [{ fingerprint: "encoder/2" }, /encoder\/1, and this one is encoder\/2/],
      [{ dimensions: 4 }, /3 dimensions, and this encoder's have 4/],
      [{ views: ["one"] }, /other views/],
    ];
    for (const [changes, why] of others) {
      const progress = await bringIn(await openOne(), path, own(changes));
      expect(progress).toMatchObject({ state: "done", products: 4, vectors: expect.stringMatching(why) });
      expect(taken.size).toBe(0);
    }
    const to = await openOne();
    const progress = await bringIn(to, path, own({}));
    expect(progress.vectors).toMatch(/taken as they are/);
    expect(await everything(to)).toEqual(await everything(from));
    expect(taken.size).toBe(3);
    for (const [hash, embeddings] of taken) {
      expect(embeddings.map((one) => [...one])).toEqual(views.map((_, view) => [...vectorOf(hash, view)]));
    }
  });

  test("a file that is there is not written over unless that is said, and a bad place is named", async () => {
    const catalog = await openOne();
    const path = join(folder, "mine.csv");
    await writeFile(path, "mine");
    const exporter = await createExporter({
      ...{ catalog, folder: join(folder, "exports") },
      vectors: () => Promise.reject(new Error("none")),
    });
    const make = async (target: string) => {
      const request = { format: "csv", pictures: false, embeddings: false, replace: false, path: target } as const;
      for await (const _ of exporter.make(request));
    };
    await expect(make(path)).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(path) });
    const nowhere = join(folder, "no", "such", "file.csv");
    await expect(make(nowhere)).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
}

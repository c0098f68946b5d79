import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import type { ImportProgress } from "../../shared/contract/imports.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testJpeg } from "../catalog/test-pictures.ts";
import { exportCsv } from "../export/csv.ts";
import { createImporter } from "./importer.ts";
import type { Importer, ImportSource } from "./port.ts";
import { makeZip } from "./testing/make-zip.ts";
import { startIndexer } from "./testing/start-indexer.ts";

const SEED = join(import.meta.dirname, "../../seed");

let folder: string;
let source: string;
let catalog: Catalog;
let importer: Importer;
let indexing: ReturnType<typeof startIndexer>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-import-"));
  source = join(folder, "source");
  await mkdir(source);
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function open(embedMs = 0): Promise<void> {
  catalog = await openSqliteCatalog({ folder: join(folder, "data") });
  indexing = startIndexer(catalog, embedMs);
  importer = createImporter({
    ...{ catalog, indexer: indexing.indexer, limits: defaultConfig.limits, folder: join(folder, "imports") },
    web: () => defaultConfig.imports,
    onNotice: (message) => expect.fail(message),
    log: () => undefined,
  });
}
async function close(): Promise<void> {
  await importer.close();
  await indexing.indexer.close();
  await catalog.close();
}
async function importAll(from: ImportSource): Promise<ImportProgress> {
  const { importId } = await importer.start(from);
  let last: ImportProgress | null = null;
  for await (const progress of importer.watch(importId)) last = progress;
  if (last === null) throw new Error("no progress");
  return last;
}
const importPath = (path: string) => importAll({ kind: "path", path });
async function importCsv(...lines: string[]): Promise<ImportProgress> {
  await writeFile(join(source, "products.csv"), lines.join("\n"));
  return importPath(join(source, "products.csv"));
}
const failuresOf = ({ failed }: ImportProgress) => failed.map(({ line, column, code }) => [line, column, code]);
async function storedFiles(): Promise<string[]> {
  const all = await readdir(join(folder, "data"), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name)).map(({ name }) => name);
}

describe("tables", () => {
  test("the sample catalogue goes in and is indexed before it is done; again, nothing changes and it is quick", async () => {
    const first = await importPath(join(SEED, "products.csv"));
    expect(first).toMatchObject({
      state: "done",
      products: 54,
      unchanged: 0,
      done: 54,
      total: 54,
      failed: [],
      error: null,
    });
    expect(first.images).toBeGreaterThanOrEqual(54);
    expect(await catalog.counts()).toEqual({ total: 54, indexed: 54, pending: 0, failed: 0 });
    expect(indexing.indexed.size).toBe(54);
    const files = (await storedFiles()).length;
    const second = await importPath(join(SEED, "products.csv"));
    expect(second).toMatchObject({ state: "done", products: 54, unchanged: 54, images: first.images, failed: [] });
    expect(second.seconds).toBeLessThan(first.seconds);
    expect((await storedFiles()).length).toBe(files);
  });

  test("every flaw is said by its line and column, and the rest goes in", async () => {
    await writeFile(join(source, "a.jpg"), await testJpeg(1));
    await writeFile(join(source, "text.jpg"), "this is text");
    await writeFile(join(folder, "outside.jpg"), await testJpeg(2));
    const progress = await importCsv(
      "sku,name,price,currency,barcode,description,images",
      "A,one,1.50,EUR,4006381333931,x,a.jpg",
      "A,again,2,EUR,,x,a.jpg",
      "B,missing picture,2,EUR,,x,a.jpg|nowhere.jpg",
      "C,text as a picture,2,EUR,,x,text.jpg",
      "D,outside,2,EUR,,x,../outside.jpg",
      "E,negative,-2,EUR,,x,a.jpg",
      "F,currency,2,XXQ,,x,a.jpg",
      "G,same barcode,2,EUR,4006381333931,x,a.jpg",
      'H,"open,2,EUR,,x,a.jpg',
      "I,wrong check digit,2,EUR,4006381333932,x,a.jpg",
      "J,last,2,EUR,,can't be indexed,a.jpg",
      ",,,,,,",
    );
    expect(progress).toMatchObject({ state: "done", products: 6, images: 4, total: 11, done: 11 });
    expect(failuresOf(progress).sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [3, "sku", "ROW_DUPLICATE_SKU"],
      [4, "images", "PICTURE_MISSING"],
      [5, "images", "IMAGE_UNREADABLE"],
      [6, "images", "PICTURE_OUTSIDE"],
      [7, "price", "ROW_BAD_PRICE"],
      [8, "currency", "ROW_BAD_CURRENCY"],
      [9, "barcode", "BARCODE_TAKEN"],
      [10, "name", "ROW_BROKEN"],
      [11, "barcode", "BARCODE_INVALID"],
      [12, null, "INDEX_FAILED"],
    ]);
    expect(progress.failedCount).toBe(10);
    expect(await catalog.allSkus()).toEqual(["A", "B", "C", "D", "I", "J"]);
    expect((await catalog.get("A")).name).toBe("one");
    expect((await catalog.get("I")).barcode).toBe("4006381333932");
  });

  test("what a table does not say stays: a price list changes prices, and lost pictures take nothing away", async () => {
    await writeFile(join(source, "a.jpg"), await testJpeg(1));
    await importCsv("sku,name,price,images,colour", "A,Lamp,1,a.jpg,red");
    await importCsv("sku,price", "A,2");
    expect(await catalog.get("A")).toMatchObject({ name: "Lamp", price: "2", attributes: { colour: "red" } });
    expect((await catalog.get("A")).pictures).toHaveLength(1);
    await rm(join(source, "a.jpg"));
    const lost = await importCsv("sku,name,images,colour", "A,Lamp,a.jpg,");
    expect(failuresOf(lost)).toEqual([[2, "images", "PICTURE_MISSING"]]);
    expect(await catalog.get("A")).toMatchObject({ attributes: {}, pictures: [{ width: 64 }] });
    await importCsv("sku,name,images", "A,Lamp,");
    expect((await catalog.get("A")).pictures).toEqual([]);
    expect(await storedFiles()).toEqual([]);
  });

  test("an export comes back exactly, formulas escaped in the file", async () => {
    await writeFile(join(source, "a.jpg"), await testJpeg(1));
    await writeFile(join(source, "b.jpg"), await testJpeg(2));
    await writeFile(
      join(source, "products.jsonl"),
      [
        {
          sku: "=A",
          name: '=HYPERLINK("x")',
          price: "1.50",
          currency: "EUR",
          images: ["b.jpg", "a.jpg"],
          "@home": "+1",
        },
        {
          sku: "B;1",
          name: "'=x",
          description: ' two\r\nlines, "quoted" ',
          attributes: { name: "an attribute", title: "x" },
        },
        { sku: "C", name: "-", barcode: "036000291452", category: "\u00c4rmel", brand: "a|b" },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
    expect(await importPath(join(source, "products.jsonl"))).toMatchObject({ products: 3, failed: [] });
    const before = await catalog.getMany(await catalog.allSkus());
    let csv = "";
    for await (const piece of exportCsv(catalog)) csv += piece;
    for (const cell of csv.split(/\r\n|,/)) expect(cell.replace(/^"/, "")).not.toMatch(/^[=+\-@\t]/);

    // Where the pictures are stored already, the table alone changes nothing; elsewhere it brings them by their names.
    await writeFile(join(source, "export.csv"), csv);
    expect(await importPath(join(source, "export.csv"))).toMatchObject({ products: 3, unchanged: 3, failed: [] });
    const there = join(folder, "there");
    await mkdir(there);
    await writeFile(join(there, "export.csv"), csv);
    for (const { pictures } of before) {
      for (const { hash } of pictures) await writeFile(join(there, hash), (await catalog.picture(hash, "full")).bytes);
    }
    await close();
    await rm(join(folder, "data"), { recursive: true });
    await open();
    expect(await importPath(join(there, "export.csv"))).toMatchObject({ products: 3, unchanged: 0, failed: [] });
    const times = { createdAt: expect.any(String), updatedAt: expect.any(String) };
    expect(await catalog.getMany(await catalog.allSkus())).toEqual(
      before.map((product) => ({ ...product, ...times, indexState: "indexed" })),
    );
  });

  test("importing again tries once more what could not be indexed", async () => {
    const lines = ["sku,name,description", "A,Lamp,can't be indexed"];
    expect(failuresOf(await importCsv(...lines))).toEqual([[2, null, "INDEX_FAILED"]]);
    const [before] = await catalog.getMany(["A"]);
    expect(before?.indexState).toBe("failed");
    expect(failuresOf(await importCsv(...lines))).toEqual([[2, null, "INDEX_FAILED"]]);
    expect(failuresOf(await importCsv("sku,name,description", "A,Lamp,fine now"))).toEqual([]);
  });

  test("many pictures a product, the same one twice, and one too many", async () => {
    for (let n = 0; n < 12; n += 1) await writeFile(join(source, `${n}.jpg`), await testJpeg(n));
    const names = Array.from({ length: 12 }, (_, n) => `${n}.jpg`);
    const progress = await importCsv("sku,images", `A,${[...names, "3.jpg"].join("|")}`);
    expect(progress).toMatchObject({ products: 1, images: 12, failed: [] });
    const hundred = Array.from({ length: 101 }, (_, n) => `${n % 12}.jpg`);
    expect(failuresOf(await importCsv("sku,images", `A,${hundred.join("|")}`))).toEqual([
      [2, "images", "PICTURE_TOO_MANY"],
    ]);
  });
});

describe("folders, archives, uploads", () => {
  async function makePictures(): Promise<void> {
    await mkdir(join(source, "S-1"));
    await writeFile(join(source, "S-1", "front.jpg"), await testJpeg(1));
    await writeFile(
      join(source, "S-1", "back.png"),
      await sharp(await testJpeg(2))
        .png()
        .toBuffer(),
    );
    await writeFile(join(source, "lamp.jpg"), await testJpeg(3));
    await writeFile(join(source, "broken.jpg"), (await testJpeg(4, 200)).slice(0, 500));
    await writeFile(join(source, "drawing.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
    await writeFile(join(source, "notes.txt"), "x");
    await writeFile(join(source, ".DS_Store"), "x");
  }
  const expected = {
    state: "done",
    products: 2,
    images: 3,
    format: expect.stringContaining("left out: 1"),
  };

  test("a folder of pictures", async () => {
    await makePictures();
    const progress = await importPath(source);
    expect(progress).toMatchObject(expected);
    expect(failuresOf(progress).sort()).toEqual([
      [null, "broken.jpg", "IMAGE_UNREADABLE"],
      [null, "drawing.svg", "IMAGE_UNSUPPORTED"],
    ]);
    expect(await catalog.allSkus()).toEqual(["S-1", "lamp"]);
    expect((await catalog.get("S-1")).pictures).toHaveLength(2);
    // Names that a person gave since are kept.
    await catalog.update("lamp", { name: "Desk lamp" });
    expect((await importPath(source)).products).toBe(2);
    expect((await catalog.get("lamp")).name).toBe("Desk lamp");
  });

  test("an upload of a folder is removed afterwards; a link in it leads nowhere", async () => {
    await makePictures();
    await importAll({ kind: "upload", folder: source, name: "my pictures" }).then((progress) =>
      expect(progress).toMatchObject({ ...expected, source: "my pictures" }),
    );
    expect(existsSync(source)).toBe(false);
  });

  test("a zip of pictures, and a zip with a table", async () => {
    const jpeg = await testJpeg(1);
    const pictures = join(folder, "pictures.zip");
    await writeFile(
      pictures,
      makeZip([
        { name: "cat/S-1/a.jpg", content: jpeg },
        { name: "cat/lamp.jpg", content: await testJpeg(2) },
        { name: "../../evil.jpg", content: jpeg },
      ]),
    );
    const first = await importPath(pictures);
    expect(first).toMatchObject({ products: 2, images: 2 });
    expect(failuresOf(first)).toEqual([[null, "../../evil.jpg", "PICTURE_OUTSIDE"]]);
    expect(await catalog.allSkus()).toEqual(["S-1", "lamp"]);

    const table = "sku;name;price;images\nT-1;Tent;9,50;img\\a.jpg\nT-2;Tarp;;../x.jpg\n";
    await writeFile(
      join(source, "upload.zip"),
      makeZip([
        { name: "shop/products.csv", content: table },
        { name: "shop/img/a.jpg", content: jpeg },
        { name: "x.jpg", content: jpeg },
      ]),
    );
    const second = await importAll({ kind: "upload", folder: source, name: "shop.zip" });
    expect(second).toMatchObject({ products: 2, images: 1, format: expect.stringContaining("decimal mark: comma") });
    expect(failuresOf(second)).toEqual([[3, "images", "PICTURE_OUTSIDE"]]);
    expect(await catalog.get("T-1")).toMatchObject({ price: "9.50", pictures: [{ width: 64 }] });
  });

  test("what can't be imported is refused at once, and an upload's folder stays its sender's", async () => {
    const refused = (path: string) => expect(importer.start({ kind: "path", path })).rejects;
    await refused(join(folder, "nowhere.csv")).toMatchObject({ code: "FILE_NOT_FOUND" });
    await writeFile(join(source, "x.docx"), "x");
    await refused(join(source, "x.docx")).toMatchObject({ code: "IMPORT_UNREADABLE" });
    await refused(source).toMatchObject({ code: "IMPORT_UNREADABLE" });
    await writeFile(join(source, "x.csv"), "colour\nred\n");
    await refused(join(source, "x.csv")).toMatchObject({ code: "IMPORT_UNREADABLE" });
    if (process.platform !== "win32") {
      execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "pipe.zip")]);
      await refused(join(folder, "pipe.zip")).toMatchObject({ message: expect.stringContaining("is a pipe") });
    }
    await writeFile(join(source, "locked.zip"), makeZip([{ name: "a.jpg", content: "x", encrypted: true }]));
    await refused(join(source, "locked.zip")).toMatchObject({
      code: "IMPORT_UNREADABLE",
      message: expect.stringMatching(/locked\.zip.*encrypted.*password/),
    });
    await writeFile(join(source, "x.zip"), "no zip");
    await refused(join(source, "x.zip")).toMatchObject({ code: "IMPORT_UNREADABLE" });
    await writeFile(join(source, "empty.csv"), "sku,name\n");
    expect(await importPath(join(source, "empty.csv"))).toMatchObject({
      state: "failed",
      error: { code: "IMPORT_UNREADABLE" },
    });
    expect(importer.list()).toHaveLength(1);
    await expect(importer.cancel("none")).rejects.toMatchObject({ code: "IMPORT_NOT_FOUND" });
  });
});

describe("while it runs", () => {
  test("a second import is refused, progress comes at most ten times a second, and a cancelled one keeps what went in", async () => {
    await close();
    await open(30);
    const rows = Array.from({ length: 2_000 }, (_, n) => `P${n},name ${n}`);
    await writeFile(join(source, "products.csv"), ["sku,name", ...rows].join("\n"));
    const start = () => importer.start({ kind: "path", path: join(source, "products.csv") });
    const { importId } = await start();
    await expect(start()).rejects.toMatchObject({ code: "IMPORT_RUNNING", retryable: true });
    const seen: ImportProgress[] = [];
    const startedAt = performance.now();
    for await (const progress of importer.watch(importId)) {
      seen.push(progress);
      if (progress.done > 50 && progress.state === "running") await importer.cancel(importId);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    expect(seen.length).toBeLessThan(seconds * 10 + 3);
    expect(seen.at(-1)).toMatchObject({ state: "cancelled", total: 2_000, error: null });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    const { total } = await catalog.counts();
    expect(total).toBe(seen.at(-1)?.products);
    const again = await importPath(join(source, "products.csv"));
    expect(again).toMatchObject({ state: "done", products: 2_000, done: 2_000 });
    expect(again.unchanged).toBe(total);
    expect((await catalog.counts()).indexed).toBe(2_000);
  });

  test("killed at any moment, it goes on when it is run again: all there once, nothing half", async () => {
    await cp(join(SEED, "images"), join(source, "images"), { recursive: true });
    const names = await readdir(join(source, "images"));
    const rows = Array.from(
      { length: 200 },
      (_, n) => `P${n},name ${n},${n},images/${names[n % names.length]}|images/own-${n}.jpg`,
    );
    for (let n = 0; n < 200; n += 1) await writeFile(join(source, "images", `own-${n}.jpg`), await testJpeg(n));
    await writeFile(join(source, "products.csv"), ["sku,name,price,images", ...rows].join("\n"));
    await close();
    const here = (path: string) => JSON.stringify(join(import.meta.dirname, path));
    const script = `
      import { defaultConfig } from ${here("../../shared/config.ts")};
      import { openSqliteCatalog } from ${here("../catalog/sqlite/sqlite.ts")};
      import { createImporter } from ${here("importer.ts")};
      import { startIndexer } from ${here("testing/start-indexer.ts")};
      const catalog = await openSqliteCatalog({ folder: ${JSON.stringify(join(folder, "data"))} });
      const { indexer } = startIndexer(catalog);
      const importer = createImporter({
        catalog, indexer, limits: defaultConfig.limits, log: () => undefined, onNotice: console.error,
        folder: ${JSON.stringify(join(folder, "imports"))}, web: () => defaultConfig.imports,
      });
      const { importId } = await importer.start({ kind: "path", path: ${JSON.stringify(join(source, "products.csv"))} });
      process.stdout.write("started\\n");
      for await (const { products } of importer.watch(importId)) process.stdout.write(products + "\\n");`;
    // The first dies before anything can be in; the others somewhere in or after the batch that passes their mark.
    for (const mark of [0, 1, 60, 120]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (data) => {
          const products = Number(String(data).trim().split("\n").at(-1)) || 0;
          if (products >= mark) setTimeout(() => child.kill("SIGKILL"), Math.random() * 200);
        });
        child.once("close", () => resolve());
      });
    }
    await open();
    const between = await catalog.getMany(await catalog.allSkus());
    expect(between.length).toBeGreaterThanOrEqual(120);
    for (const product of between) expect(product.pictures).toHaveLength(2);
    const progress = await importPath(join(source, "products.csv"));
    expect(progress).toMatchObject({
      state: "done",
      products: 200,
      images: 400,
      failed: [],
      unchanged: between.length,
    });
    const products = await catalog.getMany(await catalog.allSkus());
    expect(products).toHaveLength(200);
    const hashes = new Set(products.flatMap(({ pictures }) => pictures.map(({ hash }) => hash)));
    const files = await storedFiles();
    expect(new Set(files)).toEqual(hashes);
    expect(files).toHaveLength(hashes.size * 2);
    expect(await catalog.counts()).toMatchObject({ total: 200, indexed: 200 });
  });
});

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeXlsx } from "hucre/xlsx";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import type { ImportProgress, MappedColumn } from "../../shared/contract/imports.ts";
import { pausedUploads } from "../backup/contents.ts";
import type { Catalog } from "../catalog/port.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testJpeg } from "../catalog/test-pictures.ts";
import { createImporter } from "./importer.ts";
import { DEFAULT_OPTIONS } from "./mapping.ts";
import type { Importer } from "./port.ts";
import { startIndexer } from "./testing/start-indexer.ts";

let folder: string;
let catalog: Catalog;
let importer: Importer;
let indexing: ReturnType<typeof startIndexer>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-sessions-"));
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  catalog = await openSqliteCatalog({ folder: join(folder, "data") });
  indexing = startIndexer(catalog);
  importer = createImporter({
    ...{ catalog, indexer: indexing.indexer, limits: defaultConfig.limits, folder: join(folder, "imports") },
    ...{ web: () => defaultConfig.imports, log: () => undefined, onNotice: (text: string) => expect.fail(text) },
  });
}
async function close(): Promise<void> {
  await importer.close();
  await indexing.indexer.close();
  await catalog.close();
}
async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
const prepare = (path: string) => importer.prepare({ kind: "path", path });
async function rested({ importId }: { importId: string }): Promise<ImportProgress> {
  let last: ImportProgress | null = null;
  for await (const progress of importer.watch(importId)) last = progress;
  if (last === null) throw new Error("no progress");
  return last;
}
const map = (...columns: [column: string, target: string][]): MappedColumn[] =>
  columns.map(([column, target]) => ({ column, target }));
const plain = { options: DEFAULT_OPTIONS };

describe("columns", () => {
  test.each([
    ["German", "Artikelnummer;Bezeichnung;Preis (€);Warengruppe;Hersteller;EAN;Beschreibung;Bild"],
    ["French", "Référence;Désignation;Prix TTC;Catégorie;Marque;Code-barres;Descriptif;Image"],
    ["Spanish", "Código;Nombre;Precio;Categoría;Marca;Código de barras;Descripción;Imagen"],
    ["Italian", "Codice articolo;Nome;Prezzo;Categoria;Marca;Codice a barre;Descrizione;Immagine"],
    ["Dutch", "Productnummer;Naam;Prijs;Productgroep;Merk;Streepjescode;Omschrijving;Afbeelding"],
    ["Polish", "Indeks;Nazwa;Cena;Kategoria;Marka;Kod kreskowy;Opis;Zdjęcie"],
  ])("%s headings are known", async (_, header) => {
    const { columns } = await prepare(await write("list.csv", `${header}\nA;b;1,50;c;d;;e;f.jpg\n`));
    expect(columns.map(({ guessed }) => guessed)).toEqual([
      ...["sku", "name", "price", "category", "brand", "barcode", "description", "images"],
    ]);
  });

  test("a preview follows what is said, and what was said is remembered for the same headings", async () => {
    const path = await write("list.csv", "Code A,Was,Betrag\nA-1,Lampe,1250\nA-2,Tisch,x\n");
    const { importId, ...first } = await prepare(path);
    expect(first.problem).toContain("No column says which product a row is");
    expect(first.columns[2]).toEqual({
      ...{ column: "Betrag", target: "attribute:Betrag", guessed: "attribute:Betrag", samples: ["1250", "x"] },
    });
    const columns = map(["Code A", "sku"], ["Was", "name"], ["Betrag", "price"]);
    const options = { ...DEFAULT_OPTIONS, priceUnit: "hundredth" as const, currency: "EUR", picturesFromWeb: true };
    const second = await importer.preview(importId, { columns, options });
    expect(second).toMatchObject({ problem: null, remembered: false });
    expect(second.rows[0]).toMatchObject({
      ...{ line: 2, sku: "A-1", fields: { name: "Lampe", price: "12.50", currency: "EUR" }, problems: [] },
    });
    expect(second.rows[1]?.problems[0]).toMatchObject({ line: 3, column: "price", code: "ROW_BAD_PRICE" });
    await rested(await importer.begin(importId, { columns, options }));
    expect(await catalog.get("A-1")).toMatchObject({ name: "Lampe", price: "12.50", currency: "EUR", attributes: {} });

    const again = await prepare(await write("later.csv", "Code A,Was,Betrag\nA-3,Stuhl,5\n"));
    expect(again).toMatchObject({ remembered: true, problem: null, options: { priceUnit: "hundredth" } });
    // Never what leads out of this machine.
    expect(again.options.picturesFromWeb).toBe(false);
    expect(again.columns.map(({ target }) => target)).toEqual(["sku", "name", "price"]);
    expect((await prepare(await write("other.csv", "Code B,Was\nA,B\n"))).remembered).toBe(false);
  });

  test("Excel's own numbers, dates and texts come as they are read", async () => {
    const rows = [
      ["SKU", "Name", "Price", "EAN", "Since"],
      ["007", "Lamp", 12.5, 4006381333931, new Date("2026-01-02T00:00:00Z")],
      [8, "Table", 0.1, "0012345678905", null],
    ];
    const path = await write("list.xlsx", await writeXlsx({ sheets: [{ name: "A", rows }] }));
    expect(await rested(await importer.start({ kind: "path", path }))).toMatchObject({ products: 2, failed: [] });
    expect(await catalog.get("007")).toMatchObject({ price: "12.5", barcode: "4006381333931" });
    expect((await catalog.get("007")).attributes).toEqual({ Since: "2026-01-02" });
    expect(await catalog.get("8")).toMatchObject({ price: "0.1", barcode: "0012345678905" });
    await expect(prepare(await write("bad.xlsx", "no zip"))).rejects.toMatchObject({ code: "IMPORT_UNREADABLE" });
    await expect(prepare(await write("bad.parquet", "no parquet, long enough"))).rejects.toMatchObject({
      code: "IMPORT_UNREADABLE",
    });
  });
});

describe("a dry run", () => {
  test("lists what would change and writes nothing; the import then does just that", async () => {
    await mkdir(join(folder, "shop"));
    await writeFile(join(folder, "shop", "a.jpg"), await testJpeg(1));
    await rested(await importer.start({ kind: "path", path: await write("shop/old.csv", OLD) }));
    await rm(join(folder, "shop", "old.csv"));
    const before = await catalog.getMany(await catalog.allSkus());
    const { importId } = await prepare(await write("shop/new.csv", NEW));
    const { plan, state } = await rested(await importer.plan(importId, plain));
    expect(state).toBe("planned");
    expect(plan).toEqual({ added: 1, changed: 2, unchanged: 1, bad: 4, fromWeb: 0 });
    expect(await catalog.getMany(await catalog.allSkus())).toEqual(before);

    const listed = (kind?: "added" | "changed" | "bad") => importer.planned(importId, { kind, page: 1, pageSize: 50 });
    expect(listed("added").items).toMatchObject([{ line: 2, sku: "N-1", name: "New" }]);
    expect(listed("changed").items.map(({ sku, changes }) => [sku, changes])).toEqual([
      [
        "C-1",
        [
          { field: "price", from: "1.00", to: "2.00" },
          { field: "attribute:colour", from: "red", to: "blue" },
        ],
      ],
      ["C-2", [{ field: "pictures", from: "0", to: "1 (1 new, 0 removed)" }]],
    ]);
    expect(listed("bad").items.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      ...[
        [6, "ROW_BAD_PRICE"],
        [7, "ROW_DUPLICATE_SKU"],
        [8, "BARCODE_TAKEN"],
        [9, "PICTURE_MISSING"],
      ],
    ]);
    expect(importer.planned(importId, { page: 2, pageSize: 3 })).toMatchObject({ total: 8, items: { length: 3 } });

    const done = await rested(await importer.begin(importId, plain));
    expect(done).toMatchObject({ state: "done", products: 5, unchanged: 1, badRows: 4 });
    expect(done.failed.map(({ line }) => line).sort()).toEqual([6, 7, 8, 9]);
  });
});

const OLD = [
  "sku,name,price,currency,barcode,colour,images",
  "C-1,Changed,1.00,EUR,,red,",
  "C-2,Pictured,,,,,",
  "U-1,Same,5,EUR,4006381333931,,",
].join("\n");
const NEW = [
  "sku,name,price,currency,barcode,colour,images",
  "N-1,New,3,EUR,,,",
  "C-1,Changed,2.00,EUR,,blue,",
  "C-2,Pictured,,,,,a.jpg",
  "U-1,Same,5,EUR,4006381333931,,",
  "B-1,Bad,minus,EUR,,,",
  "N-1,Twice,3,EUR,,,",
  "B-2,Taken,3,EUR,4006381333931,,",
  "B-3,Lost picture,3,EUR,,,lost.jpg",
].join("\n");

describe("bad rows", () => {
  test("are listed with their cells, corrected and run again alone; no corrected row takes another's SKU", async () => {
    const path = await write("list.csv", "Nr;Name;Preis\nA;one;x\nB;two;2\nA2;three;y\nC;four;1;2;3\nD;five;z\n");
    const { importId } = await rested(await begin(path));
    const listed = importer.badRows(importId, { page: 1, pageSize: 10 });
    expect(listed).toMatchObject({ total: 4, columns: ["Nr", "Name", "Preis"] });
    expect(listed.items.map(({ row, line, cells, suspects }) => [row, line, cells?.Preis, suspects])).toEqual([
      ...[
        [0, 2, "x", ["Preis"]],
        [2, 4, "y", ["Preis"]],
      ],
      ...[
        [3, 5, "1", []],
        [4, 6, "z", ["Preis"]],
      ],
    ]);
    const retried = await rested(
      await importer.retry(importId, [
        { row: 0, cells: { Preis: "1,50" } },
        { row: 2, cells: { Preis: "3", Nr: "B" } },
        { row: 3, cells: { Preis: "4" } },
      ]),
    );
    expect(retried).toMatchObject({ state: "done", task: "retry", products: 2, done: 3, total: 3, badRows: 2 });
    expect(retried.failed.map(({ code, line }) => [code, line])).toEqual([["ROW_DUPLICATE_SKU", 4]]);
    expect(await catalog.get("A")).toMatchObject({ price: "1.50" });
    expect(await catalog.get("B")).toMatchObject({ name: "two", price: "2" });
    expect(await catalog.get("C")).toMatchObject({ price: "4" });
    expect(
      importer.badRows(importId, { page: 1, pageSize: 10 }).items.map(({ row, cells }) => [row, cells?.Nr]),
    ).toEqual([
      ...[
        [2, "B"],
        [4, "D"],
      ],
    ]);
    let csv = "";
    for await (const piece of importer.badRowsFile(importId).pieces) csv += piece;
    expect(csv.split("\r\n").slice(0, 2)).toEqual([
      "Nr,Name,Preis,line,what is wrong",
      expect.stringMatching(/^B,three,3,4,.*comes twice/),
    ]);
  });

  async function begin(path: string) {
    const { importId } = await prepare(path);
    return importer.begin(importId, { columns: map(["Nr", "sku"], ["Name", "name"], ["Preis", "price"]), ...plain });
  }

  test("an upload stays for its bad rows, and goes with the import", async () => {
    await mkdir(join(folder, "upload"));
    await write("upload/list.csv", "sku,price\nA,1\nB,x\n");
    const source = { kind: "upload", folder: join(folder, "upload"), name: "list.csv" } as const;
    const { importId } = await rested(await importer.start(source));
    expect(existsSync(source.folder)).toBe(false);
    const retried = await rested(await importer.retry(importId, [{ row: 1, cells: { price: "2" } }]));
    expect(retried).toMatchObject({ products: 1, badRows: 0 });
    expect((await catalog.get("B")).price).toBe("2");
    expect(await readdir(join(folder, "imports"))).not.toContain(importId);
    await importer.discard(importId);
    await expect(rested({ importId })).rejects.toMatchObject({ code: "IMPORT_NOT_FOUND" });
  });
});

describe("pause", () => {
  const ROWS = 1_500;
  const rows = (count: number) => Array.from({ length: count }, (_, n) => `P${n},name ${n},${n === 7 ? "bad" : n}`);
  const begun = async (count: number) =>
    importer.start({ kind: "path", path: await write("long.csv", ["sku,name,price", ...rows(count)].join("\n")) });

  test("stops where it is, and goes on there: each row once", { timeout: 60_000 }, async () => {
    const { importId } = await begun(ROWS);
    await expect.poll(async () => (await catalog.counts()).total, { timeout: 30_000 }).toBeGreaterThan(100);
    const paused = await importer.pause(importId);
    expect(paused.state).toBe("paused");
    const { total } = await catalog.counts();
    expect(total).toBeLessThan(ROWS - 1);
    expect(paused.products).toBe(total);
    // Another one may run meanwhile.
    await rested(await importer.start({ kind: "path", path: await write("other.csv", "sku,name\nO,other\n") }));
    const done = await rested(await importer.resume(importId));
    expect(done).toMatchObject({
      state: "done",
      products: ROWS - 1,
      unchanged: 0,
      badRows: 1,
      failedCount: 1,
      done: ROWS,
    });
    expect((await catalog.counts()).total).toBe(ROWS);
    await expect(importer.resume(importId)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("of an uploaded file goes on elsewhere too; without its file, as after a restore, it says what to do", {
    timeout: 120_000,
  }, async () => {
    await mkdir(join(folder, "upload"));
    await write("upload/list.csv", ["sku,name,price", ...rows(ROWS)].join("\n"));
    const { importId } = await importer.start({ kind: "upload", folder: join(folder, "upload"), name: "list.csv" });
    await expect.poll(async () => (await catalog.counts()).total, { timeout: 30_000 }).toBeGreaterThan(100);
    await close();
    expect(pausedUploads(join(folder, "imports", "imports.sqlite"))).toEqual(["list.csv"]);
    const before = folder;
    folder = `${before}-moved`;
    await rename(before, folder);
    await rename(join(folder, "imports", importId), join(folder, "kept"));
    await open();
    await expect(importer.resume(importId)).rejects.toMatchObject({
      ...{
        code: "FILE_NOT_FOUND",
        message: expect.stringMatching(/list\.csv .* in no backup\. Import the file again/),
      },
    });
    await rename(join(folder, "kept"), join(folder, "imports", importId));
    expect(await rested(await importer.resume(importId))).toMatchObject({ state: "done", done: ROWS, badRows: 1 });
    expect(pausedUploads(join(folder, "imports", "imports.sqlite"))).toEqual([]);
  });

  test("an engine that is closed, or killed, leaves it paused; the next one goes on", {
    timeout: 120_000,
  }, async () => {
    const { importId } = await begun(ROWS);
    await expect.poll(async () => (await catalog.counts()).total, { timeout: 30_000 }).toBeGreaterThan(100);
    await close();
    await open();
    expect(importer.list()).toMatchObject([{ importId, state: "paused", failedCount: 1 }]);
    await close();
    const here = (path: string) => JSON.stringify(join(import.meta.dirname, path));
    const script = `
      import { defaultConfig } from ${here("../../shared/config.ts")};
      import { openSqliteCatalog } from ${here("../catalog/sqlite/sqlite.ts")};
      import { createImporter } from ${here("importer.ts")};
      import { startIndexer } from ${here("testing/start-indexer.ts")};
      const catalog = await openSqliteCatalog({ folder: ${JSON.stringify(join(folder, "data"))} });
      const importer = createImporter({
        catalog, indexer: startIndexer(catalog).indexer, limits: defaultConfig.limits, onNotice: console.error,
        folder: ${JSON.stringify(join(folder, "imports"))}, web: () => defaultConfig.imports, log: () => undefined,
      });
      const before = (await catalog.counts()).total;
      await importer.resume(${JSON.stringify(importId)});
      while ((await catalog.counts()).total < before + 200) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(process.pid, "SIGKILL");`;
    const run = () =>
      execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname });
    expect(run).toThrow(/SIGKILL|Command failed/);
    await open();
    expect(importer.list()).toMatchObject([{ importId, state: "paused" }]);
    const done = await rested(await importer.resume(importId));
    expect(done).toMatchObject({ state: "done", done: ROWS, badRows: 1, failedCount: 1 });
    expect((await catalog.counts()).total).toBe(ROWS - 1);
  });
});

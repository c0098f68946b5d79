import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFolderFiles } from "./folder-files.ts";
import { createMapping, DEFAULT_OPTIONS } from "./mapping.ts";
import type { BadRow, SourceRow } from "./row.ts";
import { openRecords } from "./table.ts";
import { readTable } from "./table-rows.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-table-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array, name = "products.csv") {
  await writeFile(join(folder, name), content);
  const files = await openFolderFiles(folder, true);
  const file = await files.find(name);
  if (!("open" in file)) throw new Error(file.message);
  const table = readTable(await openRecords(file), name);
  const reading = { mapping: createMapping(null), options: DEFAULT_OPTIONS };
  const { format, total, mark } = await table.survey(reading, new AbortController().signal);
  const rows: SourceRow[] = [];
  const bad: BadRow[] = [];
  for await (const row of table.rows(reading, mark)) {
    if ("code" in row) bad.push(row);
    else rows.push(row);
  }
  return { format, total, rows, bad };
}
const badOf = (bad: BadRow[]) => bad.map(({ line, column, code }) => ({ line, column, code }));

describe("CSV", () => {
  test("delimiter, decimal mark and encoding are found out and said", async () => {
    const latin = Buffer.from("sku;name;price\nA;Caf\xe9 \x80;1.234,50\n", "latin1");
    const windows = await read(latin);
    expect(windows.format).toBe("CSV; delimiter: semicolon; decimal mark: comma; encoding: Windows-1252");
    expect(windows.rows[0]?.said).toMatchObject({ name: "Café €", price: "1234.50" });

    const tab = await read("\ufeffsku\tname\tprice\nA\tCafé\t12.50\n");
    expect(tab.format).toBe("CSV; delimiter: tab; decimal mark: point; encoding: UTF-8 with BOM");
    expect(tab.rows[0]).toMatchObject({ sku: "A", line: 2, said: { name: "Café", price: "12.50" } });

    const utf16 = await read(Buffer.from("\ufeffsku,name\r\nA,Ärmel\r\n", "utf16le"));
    expect(utf16.format).toContain("UTF-16 LE");
    expect(utf16.rows[0]?.said.name).toBe("Ärmel");
    const swapped = await read(Buffer.from("\ufeffsku,name\r\nA,Ärmel\r\n", "utf16le").swap16());
    expect(swapped.format).toContain("UTF-16 BE");
    expect(swapped.rows[0]?.said.name).toBe("Ärmel");
    expect((await read("sep=;\nsku;name\nA;x,y,z\n")).rows[0]).toMatchObject({ line: 3, said: { name: "x,y,z" } });
  });

  test("UTF-16 without its mark, and a row that is too long, are known for what they are", async () => {
    const text = Buffer.from("sku,name\r\nA,Ärmel\r\n", "utf16le");
    for (const [bytes, name] of [
      [Buffer.from(text), "UTF-16 LE"],
      [Buffer.from(text).swap16(), "UTF-16 BE"],
    ] as const) {
      const { format, rows } = await read(bytes);
      expect(format).toContain(name);
      expect(rows[0]).toMatchObject({ sku: "A", said: { name: "Ärmel" } });
    }
    const { rows, bad } = await read(`sku,name\nA,${"x".repeat(1_100_000)}\nB,Lamp\n`);
    expect(bad).toMatchObject([{ line: 2, code: "ROW_BROKEN", message: expect.stringContaining("longer than") }]);
    expect(rows.map(({ sku }) => sku)).toEqual(["B"]);
  });

  test("a SKU that a terminal or an address can't carry is refused; a NUL is no end of text", async () => {
    const { rows, bad } = await read("sku,name\n\u001b[31mred,A\na\0b,A\n..,A\na/b,A\n");
    expect(badOf(bad)).toEqual([2, 3, 4].map((line) => ({ line, column: "sku", code: "ROW_INVALID" })));
    expect(rows.map(({ sku }) => sku)).toEqual(["a/b"]);
  });

  test("a late byte that is no UTF-8 decides for the whole file", async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `P${n},plain name ${n}`).join("\n");
    const { format, total } = await read(
      Buffer.concat([Buffer.from(`sku,name\n${rows}\nlast,Caf`), Buffer.from([0xe9])]),
    );
    expect(format).toContain("Windows-1252");
    expect(total).toBe(20_001);
  });

  test("headers by their synonyms, without case; unknown ones are attributes", async () => {
    const { rows } = await read(
      "Product ID,Title,Vendor,EAN,Colour,,Images\nA,Lamp,Ikea,4006381333931,red,x,a.jpg | b.jpg\n",
    );
    expect(rows[0]).toMatchObject({
      sku: "A",
      said: { name: "Lamp", brand: "Ikea", barcode: "4006381333931", attributes: { Colour: "red" } },
      images: ["a.jpg", "b.jpg"],
    });
    // The column's own name goes before a synonym.
    const both = await read("title,name,sku\nDr.,Lamp,A\n");
    expect(both.rows[0]?.said).toMatchObject({ name: "Lamp", attributes: { title: "Dr." } });
  });

  test("the lines of rows are those of the file, whatever spans lines or is blank or broken", async () => {
    const { rows, bad, total } = await read(
      [
        "sku,name,price,description", // 1
        'A,one,1,"first',
        'second"', // 2-3
        "", // 4
        "B,two,2,fine", // 5
        'C,"never closed,3,x', // 6
        "D,four,4,fine", // 7
        'E,"closed"early,5,x', // 8
        'F,six,6,"with ""quotes"" and',
        'a line"', // 9-10
        "G,short", // 11
        "H,long,8,x,y", // 12
        "I,padded,9,x,,", // 13
        ",,,", // 14
        ",,,no key", // 15
        "J,ten,-1,negative", // 16
        "K,eleven,11,last", // 17
      ].join("\r\n"),
    );
    expect(rows.map(({ line, sku }) => [line, sku])).toEqual([
      [2, "A"],
      [5, "B"],
      [7, "D"],
      [9, "F"],
      [13, "I"],
      [17, "K"],
    ]);
    expect(rows[0]?.said.description).toBe("first\r\nsecond");
    expect(rows[3]?.said.description).toBe('with "quotes" and\r\na line');
    expect(badOf(bad)).toEqual([
      { line: 6, column: "name", code: "ROW_BROKEN" },
      { line: 8, column: "name", code: "ROW_BROKEN" },
      { line: 11, column: "price", code: "ROW_BROKEN" },
      { line: 12, column: "column 5", code: "ROW_BROKEN" },
      { line: 15, column: "sku", code: "ROW_NO_KEY" },
      { line: 16, column: "price", code: "ROW_BAD_PRICE" },
    ]);
    expect(total).toBe(rows.length + bad.length);
  });

  test("a quote that is never closed costs its own row only, in a file of many pieces", async () => {
    const filler = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `P${from + n},name of product ${from + n}`).join("\n");
    const { rows, bad } = await read(`sku,name\n${filler(0, 9000)}\nX,"open\n${filler(9000, 18_000)}\n`);
    expect(rows).toHaveLength(18_000);
    expect(rows.at(-1)?.line).toBe(18_002);
    expect(badOf(bad)).toEqual([{ line: 9002, column: "name", code: "ROW_BROKEN" }]);
  });

  test.each(["\n", "\r\n", "\r"])("line breaks %j", async (eol) => {
    const { rows } = await read(["sku,name", 'A,"two', 'lines"', "B,x"].join(eol));
    expect(rows.map(({ line, sku }) => [line, sku])).toEqual([
      [2, "A"],
      [4, "B"],
    ]);
  });

  test("a row needs a SKU or a name; the other is derived stably", async () => {
    const { rows } = await read("sku,name\n,Crème Brûlée Dish 2\nB-1,\n,!!!\n,日本 茶\n");
    expect(rows.map(({ sku, said }) => [sku, said.name])).toEqual([
      ["creme-brulee-dish-2", "Crème Brûlée Dish 2"],
      ["B-1", undefined],
      [expect.stringMatching(/^product-[0-9a-f]{12}$/), "!!!"],
      ["日本-茶", "日本 茶"],
    ]);
  });

  test("a formula is text; barcodes are kept whatever their check digit, shortened ones as an attribute", async () => {
    const { rows } = await read(
      "sku,name,barcode\nA,=1+1,4006381333932\nB,'=HYPERLINK(),4.00638E+12\nC,'quoted',036000291452\n",
    );
    expect(rows[0]).toMatchObject({
      said: { name: "=1+1", barcode: "4006381333932" },
      warnings: [{ code: "BARCODE_INVALID", column: "barcode" }],
    });
    expect(rows[1]).toMatchObject({
      said: { name: "=HYPERLINK()", barcode: null, attributes: { "barcode as given": "4.00638E+12" } },
      warnings: [{ code: "BARCODE_INVALID" }],
    });
    expect(rows[2]).toMatchObject({ said: { name: "'quoted'" }, warnings: [] });
  });

  test("values that the catalogue can't keep are said by their column", async () => {
    const { bad } = await read(`sku,name,brand\nA,${"x".repeat(501)},b\nB,ok,${"y".repeat(201)}\n`);
    expect(badOf(bad)).toEqual([
      { line: 2, column: "name", code: "ROW_INVALID" },
      { line: 3, column: "brand", code: "ROW_INVALID" },
    ]);
  });

  test.each([
    ["no column that names the product", "colour,size\nred,1\n", /"sku".*"name".*colour, size/],
    ["nothing", "", /empty/],
    ["blank lines", "\n\n  \n", /empty/],
    ["a header alone", "sku,name\n", /no rows/],
    ["something else", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0xff]), /"sku"/],
  ])("a file with %s is refused, with what is missing", async (_, content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: "IMPORT_UNREADABLE",
      message: expect.stringMatching(message),
    });
  });
});

describe("JSON Lines", () => {
  test("keys as columns, images as a list or a text, exact prices, other keys as attributes", async () => {
    const { rows, bad, format } = await read(
      [
        '{"sku":"A","name":"Lamp","price":12.10,"currency":"EUR","images":["a.jpg","b|c.jpg"],"colour":"red","size":{"w":1}}',
        "",
        '{"Title":"Tent","images":"x.jpg|y.jpg","attributes":{"season":3}}',
        '{"sku": "B", "name"',
        "[1]",
        '{"sku":"C","price":"-1"}',
        '{"sku":"D","images":null}',
      ].join("\n"),
      "products.jsonl",
    );
    expect(format).toBe("JSON Lines; encoding: UTF-8");
    expect(rows[0]).toMatchObject({
      sku: "A",
      line: 1,
      said: { price: "12.10", currency: "EUR", attributes: { colour: "red", size: '{"w":"1"}' } },
      images: ["a.jpg", "b|c.jpg"],
    });
    expect(rows[1]).toMatchObject({
      sku: "tent",
      line: 3,
      images: ["x.jpg", "y.jpg"],
      said: { attributes: { season: "3" } },
    });
    expect(rows[2]).toMatchObject({ sku: "D", line: 7, images: [] });
    expect(badOf(bad)).toEqual([
      { line: 4, column: null, code: "ROW_BROKEN" },
      { line: 5, column: null, code: "ROW_BROKEN" },
      { line: 6, column: "price", code: "ROW_BAD_PRICE" },
    ]);
  });
});

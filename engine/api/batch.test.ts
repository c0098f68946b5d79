import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { readXlsx } from "hucre/xlsx";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { BatchSummary } from "../../shared/contract/batch.ts";
import { loadConfig } from "../config/load.ts";
import { openTestServices, type TestServices, testPng } from "../hosts/testing/services.ts";
import { makeZip } from "../import/testing/make-zip.ts";
import type { ApiContext, Caller } from "./context.ts";
import { router } from "./router.ts";

let dataFolder: string;
let engine: TestServices;
let context: ApiContext;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-batch-api-"));
  engine = await openTestServices(dataFolder);
  const settings = await loadConfig({ dataFolder });
  const caller = { local: false, sameMachine: false };
  context = { services: engine.services, settings, caller, uploadFolder: join(dataFolder, "uploads") };
  const draft = { sku: "a", name: '=HYPERLINK("x")', category: "", price: "9.90", currency: "EUR", brand: "" };
  await engine.services.catalog.create({ ...draft, barcode: null, description: "", attributes: {} }, []);
});
afterEach(async () => {
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const client = (caller: Partial<Caller> = {}) =>
  createRouterClient(router, { context: { ...context, caller: { ...context.caller, ...caller } } });

async function ended(id: string): Promise<BatchSummary> {
  let last: BatchSummary | null = null;
  for await (const summary of await client().batch.watch({ id })) last = summary;
  if (last === null) throw new Error("nothing was told");
  return last;
}
const file = async (name: string, side: number) => new File([await testPng(side)], name);

it("pictures are uploaded in parts, matched, shown and exported", async () => {
  const { id, name } = await client().batch.start({ files: [await file("a.png", 4)], name: "Monday" });
  expect(name).toBe("Monday");
  await ended(id);
  await client().batch.add({ id, files: [await file("b.png", 5), new File(["no"], "-c.jpg")] });
  expect(await ended(id)).toMatchObject({ state: "done", total: 3, done: 2, failed: 1 });
  expect(readdirSync(context.uploadFolder)).toEqual([]);
  expect(readdirSync(join(dataFolder, "batches", "pictures", id))).toHaveLength(3);

  const { items: order } = await client().batch.order({ id, sort: "file" });
  const { items } = await client().batch.items({ id, items: order });
  expect(items.map((one) => one.file)).toEqual(["-c.jpg", "a.png", "b.png"]);
  const detail = await client().batch.item({ id, item: 1 });
  expect(detail.result?.matches[0]).toMatchObject({ sku: "a" });
  const thumbnail = await client().batch.picture({ id, item: 1, size: "thumbnail" });
  expect(thumbnail.type).toBe("image/jpeg");
  expect((await client().batch.picture({ id, item: 1 })).type).toBe("image/png");
  await client().batch.decide({ id, items: [1], answer: "right" });

  const csv = await client().batch.export({ id });
  const lines = (await csv.text()).split("\r\n");
  expect(csv.name).toBe("Monday.csv");
  expect(lines[0]).toContain("File,State,Verdict,Confidence,SKU,Name,Price,Currency,Decision");
  expect(lines[1]).toContain(`a.png,done,match,0.97,a,"'=HYPERLINK(""x"")",9.90,EUR,right,a`);
  expect(lines[1]).toContain(detail.runId);
  const xlsx = await client().batch.export({ id, format: "xlsx" });
  const sheet = (await readXlsx(new Uint8Array(await xlsx.arrayBuffer()))).sheets[0];
  expect(sheet?.rows[0]?.slice(0, 4)).toEqual(["File", "State", "Verdict", "Confidence"]);
  expect(sheet?.rows[1]?.slice(0, 6)).toEqual(["a.png", "done", "match", 0.97, "a", '=HYPERLINK("x")']);
  expect([...(sheet?.cells?.values() ?? [])].filter(({ formula }) => formula !== undefined)).toEqual([]);
  // The file's name begins a formula, too.
  expect(lines[2]).toMatch(/^'-c\.jpg,failed,/);
});

it("a zip is unpacked, and a broken one is refused and leaves nothing", async () => {
  const png = Buffer.from(await testPng(6));
  const zip = makeZip([
    { name: "in/1.png", content: png },
    { name: "read me.txt", content: "none" },
  ]);
  const { id } = await client().batch.start({ files: [new File([new Uint8Array(zip)], "photos.zip")] });
  await ended(id);
  expect((await client().batch.items({ id, items: [1] })).items).toMatchObject([
    { file: "photos.zip/in/1.png", state: "done" },
  ]);
  await expect(client().batch.start({ files: [new File(["no"], "bad.zip")] })).rejects.toMatchObject({
    code: "IMPORT_UNREADABLE",
  });
  expect(await client().batch.list()).toHaveLength(1);
});

it("paths of this machine are for its own callers, and told to nobody else", async () => {
  const photos = join(dataFolder, "photos");
  mkdirSync(photos);
  writeFileSync(join(photos, "1.png"), await testPng());
  await expect(client().batch.startPath({ path: photos })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const own = client({ local: true, sameMachine: true });
  await expect(own.batch.startPath({ path: "photos" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const { id, source } = await own.batch.startPath({ path: photos });
  expect(source.folder).toBe(photos);
  expect((await client().batch.get({ id })).source.folder).toBeNull();
  await ended(id);
  await client().batch.remove({ id });
  await expect(client().batch.get({ id })).rejects.toMatchObject({ code: "BATCH_NOT_FOUND" });
  expect((await client().batch.restore({ id })).done).toBe(1);
});

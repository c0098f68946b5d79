import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { EvaluationSummary } from "../../shared/contract/evaluate.ts";
import { loadConfig } from "../config/load.ts";
import { openTestServices, type TestServices, testPng } from "../hosts/testing/services.ts";
import type { ApiContext, Caller } from "./context.ts";
import { router } from "./router.ts";

let dataFolder: string;
let engine: TestServices;
let context: ApiContext;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-evaluate-"));
  engine = await openTestServices(dataFolder);
  const settings = await loadConfig({ dataFolder });
  const caller = { local: false, sameMachine: false };
  context = { services: engine.services, settings, caller, uploadFolder: join(dataFolder, "uploads") };
  for (const sku of ["a", "b"]) {
    const draft = { sku, name: `Product ${sku}`, category: "", price: null, currency: null, brand: "" };
    await engine.services.catalog.create({ ...draft, barcode: null, description: "", attributes: {} }, []);
  }
});
afterEach(async () => {
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const client = (caller: Partial<Caller> = {}) =>
  createRouterClient(router, { context: { ...context, caller: { ...context.caller, ...caller } } });

async function ended(id: string): Promise<EvaluationSummary> {
  let last: EvaluationSummary | null = null;
  for await (const summary of await client().evaluate.watch({ id })) last = summary;
  if (last === null) throw new Error("nothing was told");
  return last;
}

async function upload(...paths: string[]): Promise<EvaluationSummary> {
  const files = await Promise.all(paths.map(async (_, i) => new File([await testPng(4 + i)], `${i}.png`)));
  return client().evaluate.startFolder({ files, paths, options: { name: "Monday" } });
}

it("photos of a folder are measured, kept, shown, exported and deleted; the upload is gone", async () => {
  const { id } = await upload("photos/a/1.png", "photos/b/2.png", "photos/_absent/3.png");
  expect(await ended(id)).toMatchObject({ state: "done", name: "Monday", source: { kind: "folder", name: "photos" } });
  expect(readdirSync(context.uploadFolder)).toEqual([]);
  const { report } = await client().evaluate.get({ id });
  // The matcher of these tests names the first product whatever it sees: `a` is right, `b` is wrong and second.
  expect(report).toMatchObject({ queries: 3, present: 2, absent: 3 });
  expect(report?.systems[0]).toMatchObject({ id: "refined", recallAt1: { value: 0.5 }, recallAt5: { value: 1 } });
  const [worst] = report?.worst ?? [];
  expect(worst).toMatchObject({ wanted: { sku: "b" }, given: { sku: "a" }, rank: 2 });
  const picture = await client().evaluate.picture({ id, query: worst?.query ?? -1 });
  expect(picture.type).toBe("image/jpeg");
  const csv = await client().evaluate.export({ id, format: "csv" });
  expect((await csv.text()).split("\r\n")[0]).toContain("refined present rank");
  expect((await client().evaluate.list()).map((one) => one.id)).toEqual([id]);
  await client().evaluate.remove({ id });
  await expect(client().evaluate.get({ id })).rejects.toMatchObject({ code: "EVALUATION_NOT_FOUND" });
  expect(readdirSync(join(dataFolder, "evaluations"))).toEqual([]);
});

it("what nothing can be asked of fails with the reason, and is listed until the engine ends", async () => {
  const { id } = await upload("photos/unknown/1.png");
  expect(await ended(id)).toMatchObject({ state: "failed", error: { message: expect.stringContaining("unknown") } });
  expect(await client().evaluate.list()).toMatchObject([{ id, state: "failed" }]);
  expect(await client().evaluate.get({ id })).toMatchObject({ state: "failed", report: null });
});

it("names of products and files can't write into the report's file", async () => {
  const evil = "<img src=x onerror=alert(1)>";
  await client().catalog.update({ sku: "b", name: evil });
  const { id } = await upload("photos/b/1.png");
  await ended(id);
  const page = await (await client().evaluate.export({ id })).text();
  expect(page).toContain("&lt;img src=x");
  expect(page).not.toContain(evil);
});

it("a folder of this machine is read for its own doors only", async () => {
  mkdirSync(join(dataFolder, "shelf", "a"), { recursive: true });
  writeFileSync(join(dataFolder, "shelf", "a", "1.png"), await testPng());
  const path = join(dataFolder, "shelf");
  await expect(client().evaluate.startPath({ path })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(client({ local: true }).evaluate.startPath({ path: "shelf" })).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  const { id } = await client({ local: true }).evaluate.startPath({ path });
  expect(await ended(id)).toMatchObject({ state: "done", source: { name: "shelf" } });
});

it("two are compared on what both were asked; without anything in common it says so", async () => {
  const first = await upload("photos/a/1.png", "photos/b/2.png");
  await ended(first.id);
  const second = await upload("photos/a/1.png", "photos/b/2.png", "photos/b/3.png");
  await ended(second.id);
  const compared = await client().evaluate.compare({ id: first.id, with: second.id });
  expect(compared).toMatchObject({ queries: 2, left: 1, gained: 0, a: { name: "Monday" } });
  const other = await upload("photos/b/1.png");
  await ended(other.id);
  const nothing = client().evaluate.compare({ id: first.id, with: other.id });
  await expect(nothing).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("no query") });
  const unknown = client().evaluate.compare({ id: first.id, withSystem: "magic" });
  await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining('"magic"') });
});

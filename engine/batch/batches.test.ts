import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import type { BatchSummary } from "../../shared/contract/batch.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { openTestServices, type TestServices } from "../hosts/testing/services.ts";
import type { Matcher } from "../services.ts";
import { openBatches } from "./batches.ts";
import type { Batches } from "./port.ts";

let folder: string;
let photos: string;
let engine: TestServices;
let batches: Batches;
/** Names of the pictures that were matched, in order. */
let asked: string[];
/** What the matcher does before it answers. */
let before: (name: string) => Promise<void>;

const matcher = (): Pick<Matcher, "match"> => ({
  async *match(request, signal) {
    const name = request.picture?.name ?? "";
    asked.push(name);
    await before(name);
    yield* engine.services.matcher.match(request, signal);
  },
});

function open(): Batches {
  const { journal, catalog } = engine.services;
  return openBatches({
    ...{ folder: join(folder, "own"), matcher: matcher(), journal, catalog, config: () => defaultConfig },
    ...{ atOnce: 2, pace: { lookMs: 20, settleMs: 50 }, log: () => {} },
  });
}

async function picture(path: string, color: number): Promise<void> {
  const background = { r: color, g: 255 - color, b: 40 };
  writeFileSync(
    join(photos, path),
    await sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer(),
  );
}

async function until(id: string, holds: (summary: BatchSummary) => boolean): Promise<BatchSummary> {
  for (let tries = 0; tries < 2_000; tries++) {
    const summary = batches.get(id);
    if (holds(summary)) return summary;
    await sleep(10);
  }
  throw new Error(`not reached: ${JSON.stringify(batches.get(id))}`);
}
const done = (id: string) => until(id, ({ state }) => state === "done");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-batch-"));
  photos = join(folder, "photos");
  mkdirSync(photos);
  asked = [];
  before = async () => {};
  engine = await openTestServices(join(folder, "engine"));
  for (const sku of ["a", "b"]) {
    const draft = { sku, name: `Product ${sku}`, category: "", price: "12.50", currency: "EUR", brand: "" };
    await engine.services.catalog.create({ ...draft, barcode: null, description: "", attributes: {} }, []);
  }
  batches = open();
});
afterEach(async () => {
  await batches.close();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a folder is matched in order; broken pictures are items with an error, and equal ones are matched once", async () => {
  await picture("1.png", 1);
  await picture("2.png", 2);
  writeFileSync(join(photos, "3.jpg"), "no picture at all");
  mkdirSync(join(photos, "sub"));
  await picture("sub/4.png", 1);
  writeFileSync(join(photos, "notes.txt"), "none");
  const { id } = await batches.startPath(photos, { watch: false });
  expect(await done(id)).toMatchObject({
    ...{ name: "photos", total: 4, waiting: 0, done: 2, failed: 1, skipped: 1, picturesUntil: null },
    ...{ verdicts: { match: 2, similar: 0, none: 0 }, problem: null, source: { folder: photos, watch: false } },
  });
  expect(batches.items(id, batches.order(id, {}, "added"))).toMatchObject([
    { file: "1.png", state: "done", verdict: "match", confidence: 0.97, best: { sku: "a", price: "12.50" } },
    { file: "2.png", state: "done" },
    { file: "3.jpg", state: "failed", error: { code: "IMAGE_UNREADABLE" }, verdict: null },
    { file: "sub/4.png", state: "skipped", sameAs: 1 },
  ]);
  expect(asked.filter((name) => name !== "3.jpg").sort()).toEqual(["1.png", "2.png"]);
});

test("what failed is matched once more when it is asked for, and when the file was mended", async () => {
  writeFileSync(join(photos, "1.png"), "broken");
  const { id } = await batches.startPath(photos, { watch: true });
  await until(id, ({ failed }) => failed === 1);
  await picture("1.png", 1);
  expect(await until(id, (now) => now.done === 1)).toMatchObject({ total: 1, failed: 0, state: "watching" });
  rmSync(join(photos, "1.png"));
  await picture("2.png", 2);
  before = async (name) => {
    before = async () => {};
    throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} could not be read this time.`);
  };
  await until(id, ({ failed }) => failed === 1);
  batches.retry(id, undefined);
  expect(await until(id, ({ failed, waiting }) => failed + waiting === 0)).toMatchObject({ done: 2, total: 2 });
});

test("it pauses, goes on, is cancelled, and goes on after all", async () => {
  for (let at = 1; at <= 6; at++) await picture(`${at}.png`, at);
  const first = Promise.withResolvers<void>();
  before = () => first.promise;
  const { id } = await batches.startPath(photos, { watch: false });
  await until(id, () => asked.length === 2);
  expect(batches.pause(id)).toMatchObject({ state: "paused", waiting: 6 });
  const second = Promise.withResolvers<void>();
  before = () => second.promise;
  first.resolve();
  await until(id, ({ waiting }) => waiting === 4);
  expect(asked).toHaveLength(2);
  expect(batches.resume(id).state).toBe("running");
  await until(id, () => asked.length === 4);
  expect(await batches.cancel(id)).toMatchObject({ state: "cancelled", finished: expect.any(String) });
  second.resolve();
  await until(id, ({ waiting }) => waiting === 2);
  expect(asked).toHaveLength(4);
  expect(batches.resume(id)).toMatchObject({ state: "running", finished: null });
  expect(await done(id)).toMatchObject({ done: 6 });
  expect(new Set(asked).size).toBe(6);
});

test("decisions are feedback on the runs, and are taken back with it", async () => {
  for (let at = 1; at <= 3; at++) await picture(`${at}.png`, at);
  const { id } = await batches.startPath(photos, { watch: false });
  await done(id);
  const feedbackOf = async (item: number) => {
    const { runId } = batches.item(id, item);
    return (await engine.services.journal.run(runId ?? "")).feedback;
  };
  await batches.decide(id, [1], "right", undefined);
  const [corrected] = await batches.decide(id, [2], "this", "b");
  await batches.decide(id, [3], "absent", undefined);
  expect(corrected?.decision).toMatchObject({ answer: "this", product: { sku: "b", name: "Product b" } });
  expect(await feedbackOf(1)).toMatchObject({ answer: "right", sku: null });
  expect(await feedbackOf(2)).toMatchObject({ answer: "this", sku: "b" });
  expect(await feedbackOf(3)).toMatchObject({ answer: "absent" });
  expect(batches.get(id).decided).toEqual({ right: 1, this: 1, absent: 1 });
  expect(batches.order(id, { decision: "open" }, "added")).toEqual([]);
  const [taken] = await batches.undecide(id, [2]);
  expect(taken?.decision).toBeNull();
  expect(await feedbackOf(2)).toBeNull();
  expect(batches.order(id, { decision: "open" }, "added")).toEqual([2]);
  await expect(batches.decide(id, [2], "this", "nowhere")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  await expect(batches.decide(id, [2], "this", undefined)).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("items are found by verdict, confidence, product, words and state, in any order", async () => {
  for (let at = 1; at <= 3; at++) await picture(`photo_${at}.png`, at);
  writeFileSync(join(photos, "broken.png"), "no");
  const { id } = await batches.startPath(photos, { watch: false });
  await done(id);
  const found = (filter: Parameters<Batches["order"]>[1]) => batches.order(id, filter, "file");
  expect(found({})).toEqual([1, 2, 3, 4]);
  expect(found({ state: "failed" })).toEqual([1]);
  expect(found({ verdict: "match" })).toEqual([2, 3, 4]);
  expect(found({ verdict: "none" })).toEqual([]);
  expect(found({ confidenceMax: 0.5 })).toEqual([]);
  expect(found({ sku: "a", confidenceMin: 0.9 })).toEqual([2, 3, 4]);
  expect(found({ text: "o_2" })).toEqual([3]);
  expect(found({ text: "%" })).toEqual([]);
  expect(found({ text: "product A" })).toEqual([2, 3, 4]);
  expect(batches.products(id)).toMatchObject([{ product: { sku: "a" }, items: 3, open: 3 }]);
});

test("a watched folder: new pictures come in when they are whole, a folder that is gone is said, and it goes on", async () => {
  await picture("1.png", 1);
  const { id } = await batches.startPath(photos, { watch: true });
  await until(id, ({ state, done: matched }) => state === "watching" && matched === 1);
  await picture("2.png", 2);
  await picture("same.png", 1);
  await until(id, ({ total, waiting }) => total === 3 && waiting === 0);
  expect(batches.get(id)).toMatchObject({ done: 2, skipped: 1, state: "watching" });
  renameSync(photos, `${photos}-away`);
  expect(await until(id, ({ problem }) => problem !== null)).toMatchObject({
    problem: { code: "FILE_NOT_FOUND", message: expect.stringContaining(photos) },
  });
  renameSync(`${photos}-away`, photos);
  await until(id, ({ problem }) => problem === null);
  await batches.close();
  await picture("3.png", 3);
  batches = open();
  await until(id, ({ done: matched }) => matched === 3);
  expect(await batches.stopWatching(id)).toMatchObject({ state: "done", source: { watch: false } });
  await picture("4.png", 4);
  await sleep(150);
  expect(batches.get(id).total).toBe(4);
});

test("a service that is away costs no picture: they wait, and it is said", async () => {
  await picture("1.png", 1);
  let away = true;
  before = async () => {
    if (away) throw new ShelfmatchError("SERVICE_UNAVAILABLE", "Triton can't be reached.");
  };
  const { id } = await batches.startPath(photos, { watch: false });
  expect(await until(id, ({ problem }) => problem !== null)).toMatchObject({
    ...{ state: "running", failed: 0, problem: { code: "SERVICE_UNAVAILABLE", message: "Triton can't be reached." } },
  });
  away = false;
  expect(await done(id)).toMatchObject({ done: 1, problem: null });
});

test("a deleted batch can be brought back", async () => {
  await picture("1.png", 1);
  const { id } = await batches.startPath(photos, { watch: false });
  await done(id);
  await batches.remove(id);
  expect(batches.list()).toEqual([]);
  expect(() => batches.get(id)).toThrow(expect.objectContaining({ code: "BATCH_NOT_FOUND" }));
  expect(batches.restore(id)).toMatchObject({ done: 1 });
});

test("what can't be read is refused with the reason, and leaves nothing", async () => {
  await expect(batches.startPath(join(folder, "nowhere"), { watch: false })).rejects.toMatchObject({
    ...{ code: "FILE_NOT_FOUND", message: expect.stringContaining("nowhere") },
  });
  await picture("1.png", 1);
  await expect(batches.startPath(join(photos, "1.png"), { watch: true })).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  writeFileSync(join(photos, "bad.zip"), "no zip");
  await expect(batches.startPath(join(photos, "bad.zip"), { watch: false })).rejects.toMatchObject({
    code: "IMPORT_UNREADABLE",
  });
  expect(batches.list()).toEqual([]);
  expect(readdirSync(join(folder, "own", "pictures"))).toEqual([]);
  const single = await batches.startPath(join(photos, "1.png"), { watch: false });
  expect(await done(single.id)).toMatchObject({ total: 1, done: 1 });
});

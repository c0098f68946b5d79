import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { MoveEvent } from "../../shared/contract/stack.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { testPicture } from "../catalog/test-pictures.ts";
import { openEmbeddedIndex } from "../index/embedded/embedded.ts";
import type { CollectionSpec } from "../index/port.ts";
import { imageOf, product, SPEC, textOf } from "../index/test-points.ts";
import { openSqliteJournal } from "../journal/sqlite/journal.ts";
import { move, type Store } from "./move.ts";

let folder: string;
const open: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-move-"));
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

async function openStore(name: string, spec: CollectionSpec = SPEC): Promise<Store> {
  const onNotice = () => undefined;
  const at = join(folder, name);
  const catalog = await openSqliteCatalog({ folder: join(at, "catalog") });
  const index = await openEmbeddedIndex({ folder: join(at, "index"), onNotice });
  const journal = await openSqliteJournal({ folder: join(at, "journal"), settings: defaultConfig.journal, onNotice });
  open.push(
    () => catalog.close(),
    () => index.close(),
    () => journal.close(),
  );
  return { catalog, journal, collection: await index.open(spec) };
}

const draft = (sku: string) =>
  productDraftSchema.parse({ sku, name: `Thing ${sku}`, price: "12.50", currency: "EUR", attributes: { size: "M" } });

const run = (runId: string, time: string): Run => ({
  ...{ runId, time, kind: "text", source: null, text: "a thing", region: null, verdict: null, result: null },
  ...{ error: null, photo: null, feedback: null },
});

/** Two indexed products that share a picture, one not indexed, a journal with two runs and 700 lines. */
async function fill({ catalog, collection, journal }: Store): Promise<void> {
  const [shared, own] = [await testPicture(1), await testPicture(2)];
  await catalog.create(draft("A"), [shared, own]);
  await catalog.create(draft("B"), [shared]);
  await catalog.create(draft("C"), []);
  await collection.replaceProducts([product("A", 1), product("B", 2)]);
  await catalog.markIndexed((await catalog.jobs(["A", "B"])).map((job) => ({ sku: job.product.sku, ...job })));
  for (let i = 0; i < 700; i++) {
    journal.log({
      time: 1_700_000_000_000 + i,
      level: "info",
      component: "test",
      runId: null,
      message: `line ${i}`,
      data: null,
    });
  }
  const now = new Date();
  await journal.recordRun(run("run-1", now.toISOString()), null);
  await journal.recordRun(run("run-2", now.toISOString()), null);
  await journal.addFeedback("run-2", { answer: "wrong", sku: null, note: "no", time: now.toISOString() });
}

async function moved(from: Store, to: Store, signal = new AbortController().signal): Promise<MoveEvent[]> {
  const events: MoveEvent[] = [];
  const memory = join(folder, "move.json");
  for await (const event of move({ from, to, target: "stack", memory, signal })) events.push(event);
  return events;
}
const reportOf = (events: MoveEvent[]) => events.flatMap((one) => (one.kind === "report" ? [one.report] : []))[0];

test("everything is there afterwards, searchable without embedding, and was checked", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  const events = await moved(from, to);
  expect(reportOf(events)).toMatchObject({
    ...{ to: "stack", products: 3, pictures: 2, vectors: 4, toEmbed: 1, runs: 2, lines: 700 },
    checked: { products: 3, pictures: 2 },
  });
  expect(events).toContainEqual({ kind: "note", text: expect.stringContaining("1 products get new vectors") });
  const [original, copy] = [await from.catalog.get("A"), await to.catalog.get("A")];
  expect(copy).toEqual(original);
  expect((await to.catalog.get("C")).indexState).toBe("pending");
  const [hit] = await to.collection.search({ name: "image", vector: imageOf(2), limit: 1 });
  expect(hit?.sku).toBe("B");
  expect(await to.collection.search({ name: "text", vector: textOf(1), limit: 1 })).toMatchObject([{ sku: "A" }]);
  const { entries } = await to.journal.list({ limit: 1000 });
  expect(entries.map(({ message }) => message)).toEqual(Array.from({ length: 700 }, (_, i) => `line ${699 - i}`));
  expect(await to.journal.run("run-2")).toMatchObject({ feedback: { answer: "wrong", note: "no" } });
  expect(await from.catalog.counts()).toMatchObject({ total: 3 });
});

test("confirmed photos, variants and decisions come along, and so does a variant that left its group", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  const origin = { runId: "run-1", photo: "d".repeat(64), time: "2026-01-02T03:04:05.000Z" };
  await from.catalog.addPicture("A", { ...(await testPicture(7)), origin });
  await from.catalog.setVariantGroup(["A", "B", "C"], "g");
  await from.catalog.addDecision({ kind: "distinct", id: "1", time: origin.time, skus: ["A", "B"] });
  await moved(from, to);
  expect((await to.catalog.inVariantGroup("g")).map(({ sku }) => sku)).toEqual(["A", "B", "C"]);
  expect((await to.catalog.get("A")).pictures.at(-1)).toMatchObject({ origin });
  expect(await to.catalog.decisions()).toEqual(await from.catalog.decisions());
  await from.catalog.setVariantGroup(["C"], null);
  await moved(from, to);
  expect((await to.catalog.inVariantGroup("g")).map(({ sku }) => sku)).toEqual(["A", "B"]);
});

test("bin, history, saved filters and marks come along, and what was deleted is restored there", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  await from.catalog.update("B", { brand: "x" });
  const was = await from.catalog.get("A");
  await from.catalog.setPictures("A", was.pictures.slice(1));
  await from.catalog.discard(["A"], { source: "bulk", job: "job-1" });
  const view = { id: "00000000-0000-4000-8000-00000000000a", name: "Shoes", search: "category=Shoes" };
  await from.catalog.putView(view);
  await from.journal.mark("fingerprint", "known", "The cable is loose.", 1_700_000_000_000);
  for (let time = 0; time < 2; time++) {
    expect(reportOf(await moved(from, to))).toMatchObject({ kept: { bin: 2, changes: 6, views: 1 }, marks: 1 });
  }
  expect(await to.catalog.keptEntries(null, 10)).toEqual(await from.catalog.keptEntries(null, 10));
  expect(await to.catalog.allChanges(0, 100)).toEqual(await from.catalog.allChanges(0, 100));
  expect(await to.catalog.views()).toEqual([view]);
  expect(await to.journal.marks()).toEqual(await from.journal.marks());
  const [entry] = (await to.catalog.bin({ page: 1, pageSize: 10 })).items;
  await to.catalog.restore([entry?.id ?? ""]);
  expect((await to.catalog.get("A")).pictures).toEqual(was.pictures.slice(1));
  const gone = (await to.catalog.changes({ sku: "A", limit: 10 })).find(({ fields }) => fields.length > 0);
  expect(gone?.fields[0]?.before).toEqual(was.pictures);
  expect(await to.catalog.pictureRef(was.pictures[0]?.hash ?? "")).not.toBeNull();
  // Back again: what is in the catalogue is in no bin any more.
  await moved(to, from);
  expect((await from.catalog.bin({ page: 1, pageSize: 10 })).total).toBe(0);
  expect(await from.catalog.allSkus()).toEqual(["A", "B", "C"]);
});

test("a bin, filters and marks of the target's own stay there, unless they are to be replaced", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  await to.catalog.create(draft("Z"), [await testPicture(9)]);
  await to.catalog.discard(["Z"]);
  await to.catalog.putView({ id: "00000000-0000-4000-8000-00000000000b", name: "Own", search: "" });
  await to.journal.mark("own", "known", null);
  const events = await moved(from, to);
  expect(events).toContainEqual({ kind: "note", text: expect.stringContaining("1 deleted products were in the bin") });
  expect((await to.catalog.bin({ page: 1, pageSize: 10 })).total).toBe(1);
  expect([await to.catalog.views(), await to.journal.marks()].map(({ length }) => length)).toEqual([1, 1]);
  const options = { from, to, target: "stack" as const, replace: true, memory: join(folder, "move.json") };
  for await (const _ of move({ ...options, signal: new AbortController().signal }));
  expect((await to.catalog.bin({ page: 1, pageSize: 10 })).total).toBe(0);
  expect([await to.catalog.views(), await to.journal.marks()].map(({ length }) => length)).toEqual([0, 0]);
});

test("a copy whose bin or history lacks something is found", async () => {
  const from = await openStore("from");
  await fill(from);
  await from.catalog.discard(["C"]);
  for (const lost of [{ takeOverBin: async () => undefined }, { takeOverChanges: async () => undefined }]) {
    const to = await openStore(`to-without-${Object.keys(lost)}`);
    const forgetful: Store = { ...to, catalog: { ...to.catalog, ...lost } };
    await expect(moved(from, forgetful)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
  }
});

test("moving again writes nothing twice, and brings what has changed", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  await moved(from, to);
  await from.catalog.update("A", { name: "Thing with another name" });
  const report = reportOf(await moved(from, to));
  expect(report).toMatchObject({ products: 3, runs: 2, lines: 0, vectors: 0, toEmbed: 2 });
  expect((await to.catalog.get("A")).name).toBe("Thing with another name");
  expect((await to.journal.list({ limit: 1000 })).entries).toHaveLength(700);
});

test("stopped half-way it goes on where it was", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  const stop = new AbortController();
  const memory = join(folder, "move.json");
  await expect(async () => {
    for await (const event of move({ from, to, target: "stack", memory, signal: stop.signal })) {
      if (event.kind === "progress" && event.phase === "vectors") stop.abort(new Error("stopped"));
    }
  }).rejects.toThrow("stopped");
  expect(reportOf(await moved(from, to))).toMatchObject({ products: 3, lines: 700, runs: 2 });
  expect((await to.catalog.get("B")).indexState).toBe("indexed");
});

test("vectors of another encoder stay behind, and their products are pending in the copy", async () => {
  const other = { ...SPEC, image: { ...SPEC.image, fingerprint: "another-encoder" } };
  const [from, to] = [await openStore("from"), await openStore("to", other)];
  await fill(from);
  expect(reportOf(await moved(from, to))).toMatchObject({ vectors: 0, toEmbed: 3 });
  expect(await to.collection.count()).toEqual({ image: 0, text: 0 });
  expect(await to.catalog.counts()).toMatchObject({ pending: 3 });
});

test("a target with products of its own is refused before anything is written", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  await to.catalog.create(draft("Z"), []);
  await expect(moved(from, to)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(moved(from, to)).rejects.toThrow(/1 products that this one lacks \(Z\)/);
  expect(await to.catalog.counts()).toMatchObject({ total: 1 });
});

test("a copy that differs is found", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  const forgetful: Store = {
    ...to,
    catalog: {
      ...to.catalog,
      getMany: async (skus) => (await to.catalog.getMany(skus)).map((one) => ({ ...one, brand: "?" })),
    },
  };
  await expect(moved(from, forgetful)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
});

test("with `replace`, the target's own products go", async () => {
  const [from, to] = [await openStore("from"), await openStore("to")];
  await fill(from);
  await to.catalog.create(draft("Z"), [await testPicture(9)]);
  await to.collection.replaceProducts([product("Z", 9)]);
  const options = { from, to, target: "stack" as const, replace: true, memory: join(folder, "move.json") };
  for await (const _ of move({ ...options, signal: new AbortController().signal }));
  expect(await to.catalog.allSkus()).toEqual(["A", "B", "C"]);
  expect(await to.collection.skus()).toEqual(new Set(["A", "B"]));
  expect(await to.catalog.deletedSkus()).toEqual([]);
});

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EvaluationSummary } from "../shared/contract/evaluate.ts";
import type { MatchResult } from "../shared/contract/match.ts";
import { loadConfig } from "./config/load.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { MatchRequest } from "./services.ts";
import { shelfPhoto } from "./testing/shelf-photo.ts";

/** The whole embedded engine on the sample catalogue: real weights, real files, nothing left out. */

const SEED = join(import.meta.dirname, "..", "seed");
let folder: string;
let engine: Engine;

const open = async () =>
  createEngine({
    dataFolder: folder,
    config: await loadConfig({ dataFolder: folder }),
    onNotice: (notice) => expect.fail(notice),
  });

async function importAll(path: string) {
  const { importId } = await engine.services.importer.start({ kind: "path", path });
  let last = null;
  for await (const progress of engine.services.importer.watch(importId)) last = progress;
  return last;
}

async function stages(request: MatchRequest, signal?: AbortSignal): Promise<MatchResult[]> {
  const results: MatchResult[] = [];
  for await (const result of engine.services.matcher.match(request, signal)) results.push(result);
  return results;
}

async function answer(request: MatchRequest): Promise<MatchResult> {
  const last = (await stages(request)).at(-1);
  if (last === undefined) throw new Error("no answer");
  return last;
}

const photo = async (name: string) => ({ name, bytes: await readFile(join(SEED, "queries", name)) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-engine-"));
  engine = await open();
  expect(await importAll(join(SEED, "products.csv"))).toMatchObject({
    state: "done",
    products: 54,
    images: 54,
    failedCount: 0,
  });
}, 180_000);

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a thing that takes up a seventh of a busy picture", () => {
  /** Its picture on a photograph of what the catalogue has not, near a corner. */
  async function photographed(sku: string): Promise<{ name: string; bytes: Buffer }> {
    const thing = await sharp(join(SEED, "images", `${sku}.jpg`))
      .resize(400, 300, { fit: "cover" })
      .toBuffer();
    const bytes = await sharp(join(SEED, "queries", "not-here-coffee.jpg"))
      .resize(1200, 750, { fit: "cover" })
      .composite([{ input: thing, left: 760, top: 60 }])
      .jpeg()
      .toBuffer();
    return { name: `${sku}-small.jpg`, bytes };
  }

  test("is found by its looks alone, and where it is", async () => {
    const [visual] = await stages({ picture: await photographed("allstar-sneakers") });
    const [first] = visual?.matches ?? [];
    expect(first?.sku).toBe("allstar-sneakers");
    // The upper right of the photo's parts, before any points were compared.
    expect(first?.region).toEqual({ x: 0.4, y: 0, width: 0.6, height: 0.6 });
  });

  test("has its outline once its points are found", async () => {
    const { matches } = await answer({ picture: await photographed("allstar-sneakers") });
    expect(matches[0]?.sku).toBe("allstar-sneakers");
    const { x = 0, y = 0, width = 0, height = 0 } = matches[0]?.region ?? {};
    expect(x).toBeGreaterThan(0.55);
    expect(y).toBeLessThan(0.25);
    expect(width * height).toBeLessThan(0.25);
  });

  test("is not looked for beside a marked part", async () => {
    const picture = await photographed("allstar-sneakers");
    const region = { x: 0, y: 0.5, width: 0.5, height: 0.5 };
    const [visual] = await stages({ picture, region });
    expect(visual?.matches.every((one) => one.region === undefined)).toBe(true);
  });
});

describe("the photos to try", async () => {
  const labels: Record<string, string | null> = JSON.parse(
    await readFile(join(SEED, "queries", "labels.json"), "utf8"),
  );

  test.each(Object.entries(labels))("%s shows %s", async (name, sku) => {
    const results = await stages({ picture: await photo(name) });
    expect(results.map((result) => result.stage)).toEqual(["visual", "verified", "refined"]);
    const { verdict, matches, warnings, timings } = results.at(-1) as MatchResult;
    expect(warnings).toEqual([]);
    expect(matches.length).toBe(5);
    if (sku === null) expect(verdict).not.toBe("match");
    else expect(matches[0]?.sku).toBe(sku);
    for (const stage of ["decode", "encode", "search", "verify", "read", "total"])
      expect(timings[stage]).toBeGreaterThanOrEqual(0);
    expect(matches.reduce((sum, match) => sum + match.confidence, 0)).toBeLessThanOrEqual(1.001);
  });
});

test("words alone find products, and a typed barcode finds exactly one", async () => {
  const boots = await answer({ text: "something to sit on, made of leather" });
  expect(boots.matches.slice(0, 3).map((match) => match.sku)).toContain("leather-sofa");
  const { items } = await engine.services.catalog.list({
    text: "basketball",
    sort: "name",
    order: "asc",
    page: 1,
    pageSize: 10,
  });
  const coded = items.find((product) => product.barcode !== null);
  const found = await answer({ text: coded?.barcode ?? "" });
  expect(found.matches[0]).toMatchObject({ sku: coded?.sku, barcode: coded?.barcode });
  expect(found.verdict).toBe("match");
});

test("a barcode in a large photo names the product, whatever the picture looks like", async () => {
  const { items } = await engine.services.catalog.list({
    text: "laptop",
    sort: "name",
    order: "asc",
    page: 1,
    pageSize: 1,
  });
  const picture = await shelfPhoto(items[0]?.barcode ?? "");
  const { verdict, matches, description } = await answer({ picture });
  expect(description?.barcodes.map((one) => one.text)).toEqual([items[0]?.barcode]);
  expect(matches[0]).toMatchObject({ sku: "laptop", barcode: items[0]?.barcode });
  expect(verdict).toBe("match");
});

test("filters act inside the search", async () => {
  const picture = await photo("camera-on-gravel.jpg");
  const result = await answer({ picture, filter: { category: ["Plants"] } });
  expect(result.matches.length).toBeGreaterThan(0);
  for (const match of result.matches) expect(match.category).toBe("Plants");
});

test("a region asks about the part inside it, and points come back in the whole picture", async () => {
  const [left, right] = await Promise.all(
    ["basketball.jpg", "laptop.jpg"].map(async (name) =>
      sharp(join(SEED, "images", name))
        .resize(500, 500, { fit: "fill" })
        .toBuffer(),
    ),
  );
  const bytes = await sharp({ create: { width: 1000, height: 500, channels: 3, background: "white" } })
    .composite([
      { input: left as Buffer, left: 0, top: 0 },
      { input: right as Buffer, left: 500, top: 0 },
    ])
    .jpeg()
    .toBuffer();
  const picture = { name: "two.jpg", bytes };
  expect((await answer({ picture, region: { x: 0, y: 0, width: 0.5, height: 1 } })).matches[0]?.sku).toBe("basketball");
  const second = await answer({ picture, region: { x: 0.5, y: 0, width: 0.5, height: 1 } });
  expect(second.matches[0]?.sku).toBe("laptop");
  for (const { query } of second.matches[0]?.points ?? []) expect(query[0]).toBeGreaterThanOrEqual(0.5);
});

test("every run is in the journal, with its photo and what the user said of it", async () => {
  const { runId, verdict } = await answer({ picture: await photo("football-overexposed.jpg") });
  const { journal } = engine.services;
  await journal.addFeedback(runId, { answer: "wrong", sku: null, note: null, time: new Date().toISOString() });
  const run = await journal.run(runId);
  expect(run).toMatchObject({
    kind: "picture",
    source: "football-overexposed.jpg",
    verdict,
    feedback: { answer: "wrong" },
  });
  expect(run.result?.timings.total).toBeGreaterThan(0);
  expect((await sharp((await journal.photo(runId)).bytes).metadata()).width).toBeLessThanOrEqual(256);
});

test("a bad picture fails its own run, which the journal names, and nothing else", async () => {
  const failure = stages({ picture: { name: "notes.jpg", bytes: Buffer.from("just some text, really") } });
  await expect(failure).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  const [run] = await engine.services.journal.runs({ limit: 1 });
  expect(run).toMatchObject({ source: "notes.jpg", verdict: null, error: { code: "IMAGE_UNREADABLE" } });
  expect((await answer({ picture: await photo("basketball-blurred.jpg") })).matches[0]?.sku).toBe("basketball");
});

test("a cancelled match ends as cancelled", async () => {
  const controller = new AbortController();
  const run = engine.services.matcher.match({ picture: await photo("gloves-dark.jpg") }, controller.signal);
  const iterator = run[Symbol.asyncIterator]();
  await iterator.next();
  controller.abort();
  await expect(iterator.next()).rejects.toMatchObject({ code: "CANCELLED" });
});

test("changes by hand are searchable, and what is deleted stays gone over a restart", async () => {
  const { editor, indexer } = engine.services;
  const draft = {
    sku: "cup",
    name: "Espresso cup",
    category: "Kitchen",
    price: "4.50",
    currency: "EUR",
    brand: "",
    barcode: null,
    description: "",
    attributes: {},
  };
  await editor.create(draft, [await photo("not-here-coffee.jpg")]);
  await editor.delete("tent");
  await indexer.settled();
  expect((await answer({ picture: await photo("not-here-coffee.jpg") })).matches[0]?.sku).toBe("cup");
  const tent = { name: "tent.jpg", bytes: await readFile(join(SEED, "images", "tent.jpg")) };
  expect((await answer({ picture: tent })).matches.map((match) => match.sku)).not.toContain("tent");
  await engine.close();
  engine = await open();
  await engine.services.indexer.settled();
  expect((await answer({ picture: await photo("not-here-coffee.jpg") })).matches[0]?.sku).toBe("cup");
  expect((await answer({ picture: tent })).matches.map((match) => match.sku)).not.toContain("tent");
  expect((await engine.services.health()).products).toEqual({ total: 54, indexed: 54, pending: 0, failed: 0 });
});

test("variants that share a picture are all named, and none of them is denied", async () => {
  const { editor, indexer } = engine.services;
  const picture = { name: "tent.jpg", bytes: await readFile(join(SEED, "images", "tent.jpg")) };
  for (const sku of ["tent-red", "tent-green", "tent-blue"]) {
    const about = {
      category: "Camping",
      price: null,
      currency: null,
      brand: "",
      barcode: null,
      description: "",
      attributes: {},
    };
    await editor.create({ sku, name: `Variant ${sku}`, ...about }, [picture]);
  }
  await indexer.settled();
  for (const { stage, verdict, matches } of await stages({ picture })) {
    expect(verdict, stage).not.toBe("none");
    expect(matches.slice(0, 3).map((match) => match.sku.slice(0, 4))).toEqual(["tent", "tent", "tent"]);
  }
  for (const sku of ["tent-red", "tent-green", "tent-blue"]) await editor.delete(sku);
});

test("an index that was lost is made again from the catalogue", async () => {
  await engine.close();
  await rm(join(folder, "index"), { recursive: true });
  engine = await open();
  await engine.services.indexer.settled();
  expect((await answer({ picture: await photo("basketball-blurred.jpg") })).matches[0]?.sku).toBe("basketball");
}, 120_000);

test("an evaluation of made queries is kept, and the same again for the same seed", async () => {
  const { evaluator } = engine.services;
  const options = { leaveOut: true, baselines: true, setting: { readText: false }, seed: 5 };
  const source = { kind: "made" as const, products: 3, transformations: ["crop", "blur"] };
  const measured = async () => {
    const { id } = await evaluator.start(source, { ...options, against: { readText: false, precision: 0.999 } });
    await expect(evaluator.start({ kind: "feedback" }, options)).rejects.toMatchObject({ code: "EVALUATION_RUNNING" });
    let last: EvaluationSummary | null = null;
    for await (const summary of evaluator.watch(id)) last = summary;
    expect(last).toMatchObject({ state: "done", error: null, done: 6, total: 6 });
    const { report } = await evaluator.get(id);
    if (report === null) throw new Error("no report");
    return { id, report };
  };
  const first = await measured();
  expect(first.report).toMatchObject({ queries: 6, present: 6, absent: 6, deciding: "refined" });
  const ids = first.report.systems.map(({ id }) => id);
  expect(ids).toEqual([
    ...["visual", "verified", "refined", "b.visual", "b.verified", "b.refined"],
    ...["plain", "phash"],
  ]);
  const recall = Object.fromEntries(first.report.systems.map(({ id, recallAt1 }) => [id, recallAt1.value ?? 0]));
  expect(recall.refined).toBeGreaterThan(0.6);
  expect(recall.plain).toBeGreaterThan(0.3);
  expect(first.report.comparison).toMatchObject({ queries: 6, left: 0 });
  expect(first.report.systems[0]?.slices.filter(({ by }) => by === "transformation")).toHaveLength(2);
  for (const { picture, query } of first.report.worst) {
    expect(picture).toBe("kept");
    expect((await evaluator.picture(first.id, query)).bytes.length).toBeGreaterThan(500);
  }

  const second = await measured();
  const { seconds: _, ...again } = second.report;
  expect(first.report).toMatchObject(again);
  const compared = await evaluator.compare({ id: first.id }, { id: second.id });
  expect(compared).toMatchObject({ queries: 6, left: 0, gained: 0, lost: 0 });
  expect((await evaluator.list()).map(({ id }) => id)).toEqual([second.id, first.id]);

  const page = new TextDecoder().decode((await evaluator.export(first.id, "html")).bytes);
  expect(page).toContain("<svg");
  expect(page).not.toMatch(/<script|https?:\/\//);
  const csv = new TextDecoder().decode((await evaluator.export(first.id, "csv")).bytes);
  expect(csv.trimEnd().split("\r\n")).toHaveLength(7);
  for (const { id } of [first, second]) await evaluator.remove(id);
  await expect(evaluator.get(first.id)).rejects.toMatchObject({ code: "EVALUATION_NOT_FOUND" });
}, 180_000);

test("a second import of the same file changes nothing", async () => {
  const before = await readdir(join(folder, "catalog", "pictures"));
  const progress = await importAll(join(SEED, "products.csv"));
  expect(progress).toMatchObject({ state: "done", products: 54, unchanged: 53, failedCount: 0 });
  expect((await readdir(join(folder, "catalog", "pictures"))).length).toBeGreaterThanOrEqual(before.length);
});

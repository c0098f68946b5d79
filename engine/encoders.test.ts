import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resizedMissing, writeResized } from "../scripts/servers/models.mjs";
import type { MatchResult } from "../shared/contract/match.ts";
import { loadConfig } from "./config/load.ts";
import { createEngine, type Engine } from "./engine.ts";

/** Choosing another encoder inside the app: two real ones, the shipped weights at two resolutions. */

const SEED = join(import.meta.dirname, "..", "seed");
const PRODUCTS = 54;
const SHIPPED = "efficientnet-lite0";

const missing = resizedMissing();

describe.skipIf(missing !== null)(`choosing an encoder${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let engine: Engine;
  let smaller: string;

  async function open(): Promise<Engine> {
    const config = await loadConfig({ dataFolder: folder, overrides: { "encoder.cacheEntries": 0 } });
    return createEngine({ dataFolder: folder, config, onNotice: () => {} });
  }
  /** As a person does: the setting is kept, and applies at the next start. */
  async function choose(name: string): Promise<void> {
    const config = await loadConfig({ dataFolder: folder });
    await config.update({ "encoder.imageModel": name });
    expect(config.restart).toEqual(["encoder.imageModel"]);
    await engine.close();
    engine = await open();
  }
  async function answer(name: string): Promise<MatchResult> {
    const picture = { name, bytes: new Uint8Array(await readFile(join(SEED, "queries", name))) };
    let last: MatchResult | undefined;
    for await (const result of engine.services.matcher.match({ picture })) last = result;
    if (last === undefined) throw new Error("no answer");
    return last;
  }
  const choice = async (name: string) =>
    (await engine.services.encoders.list()).choices.find((one) => one.name === name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-encoders-"));
    smaller = writeResized(join(folder, "models"), 160);
    engine = await open();
    const { importId } = await engine.services.importer.start({ kind: "path", path: join(SEED, "products.csv") });
    for await (const { state } of engine.services.importer.watch(importId)) if (state === "failed") expect.fail();
    await engine.services.indexer.settled();
  }, 180_000);
  afterAll(async () => {
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("lists what is there, and why something of it can't be chosen", async () => {
    const models = join(folder, "models");
    await writeFile(join(models, "unknown.onnx"), "an ONNX file, for all that anybody knows");
    const { setting, choices } = await engine.services.encoders.list();
    await rm(join(models, "unknown.onnx"));
    expect(setting).toBe("encoder.imageModel");
    expect(choices).toMatchObject([
      { name: SHIPPED, place: "app", fault: null, dimensions: 1280, side: 224, precision: "fp16w", searched: true },
      { name: smaller, place: "models", fault: null, dimensions: 1280, side: 160, precision: "fp16w", searched: false },
      { name: "unknown", place: "models", fault: expect.stringContaining("no record beside it") },
    ]);
  });

  test("a trial embeds a few products and keeps nothing", async () => {
    const before = await (await engine.parts.collection()).count();
    const trial = await engine.services.encoders.try(smaller);
    expect(trial).toMatchObject({ name: smaller, searched: false, products: PRODUCTS, tried: 16 });
    expect(trial.fingerprint).toMatch(/^efficientnet-lite0-160-fp16w-1280-/);
    expect(trial.estimatedSeconds).toBeGreaterThan(trial.seconds);
    expect(await (await engine.parts.collection()).count()).toEqual(before);
    expect((await engine.services.encoders.try(SHIPPED)).searched).toBe(true);
  }, 60_000);

  test("in an evaluation another encoder answers beside the own one, by vectors that are gone again", async () => {
    const { evaluator } = engine.services;
    const before = await (await engine.parts.collection()).count();
    const options = { leaveOut: false, baselines: true, setting: {}, seed: 1 };
    const made = { kind: "made", products: 3, transformations: ["blur", "rotation"] } as const;
    const { id } = await evaluator.start(made, { ...options, against: { encoder: smaller } });
    const embedded: number[] = [];
    for await (const { embedding } of evaluator.watch(id)) if (embedding !== null) embedded.push(embedding.done);
    const { state, error, notes, report } = await evaluator.get(id);
    expect([state, error]).toEqual(["done", null]);
    expect(embedded.at(0)).toBe(0);
    expect(notes[0]).toMatch(/fitted to another encoder than efficientnet-lite0-160/);
    const [own, other] = report?.settings ?? [];
    expect(own).toMatchObject({ id: "a", fingerprint: report?.fingerprint });
    expect(own).not.toHaveProperty("encoder");
    expect(other).toMatchObject({ id: "b", encoder: smaller });
    expect(other?.fingerprint).toMatch(/^efficientnet-lite0-160-/);
    const ids = report?.systems.map((system) => system.id) ?? [];
    expect(ids).toEqual(expect.arrayContaining(["visual", "b.visual", "refined", "b.refined", "plain", "b.plain"]));
    // Two encoders: equal similarities would mean that one was asked twice.
    const csv = new TextDecoder().decode((await evaluator.export(id, "csv")).bytes).split("\r\n");
    const column = (name: string) => {
      const place = csv[0]?.split(",").indexOf(name) ?? -1;
      return csv.slice(1, -1).map((line) => line.split(",").at(place));
    };
    expect(column("plain present presence")).not.toEqual(column("b.plain present presence"));
    expect(column("visual present presence")).not.toEqual(column("b.visual present presence"));
    expect(report?.comparison).toMatchObject({ queries: report?.queries, left: 0 });
    expect(await (await engine.parts.collection()).count()).toEqual(before);
    expect(await readdir(folder)).not.toContain("rival-encoders");
  }, 120_000);

  test("one that is not there ends the evaluation by its name; the one in use is not embedded again", async () => {
    const { evaluator } = engine.services;
    const options = { leaveOut: false, baselines: false, setting: {}, seed: 1 };
    const made = { kind: "made", products: 2, transformations: ["blur"] } as const;
    const ended = async (encoder: string) => {
      const { id } = await evaluator.start(made, { ...options, against: { encoder } });
      const seen = [];
      for await (const { embedding } of evaluator.watch(id)) seen.push(embedding);
      return { seen, ...(await evaluator.get(id)) };
    };
    const unknown = await ended("nothing");
    expect(unknown).toMatchObject({
      state: "failed",
      error: { code: "FILE_NOT_FOUND", message: expect.stringMatching(/no model nothing.*there is: /) },
    });
    const same = await ended(SHIPPED);
    expect(same.state).toBe("done");
    expect(same.notes[0]).toBe(`The app searches with the encoder ${SHIPPED} anyway.`);
    expect(same.seen.every((embedding) => embedding === null)).toBe(true);
  }, 60_000);

  test("a file that is not the one that its record speaks of is refused, by name", async () => {
    const models = join(folder, "models");
    await copyFile(join(models, `${smaller}.json`), join(models, "exchanged.json"));
    await writeFile(join(models, "exchanged.onnx"), "other weights");
    await expect(engine.services.encoders.try("exchanged")).rejects.toMatchObject({
      code: "DATA_CORRUPT",
      message: expect.stringMatching(/exchanged\.onnx is not the file that its record speaks of/),
    });
    await expect(engine.services.encoders.try("nothing")).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringMatching(/no model nothing.*there is: .*efficientnet-lite0-160/),
    });
    for (const name of ["exchanged.json", "exchanged.onnx"]) await rm(join(models, name));
  });

  test("the old vectors are searched until the new ones are complete, then those, and a photo finds its product", async () => {
    const old = (await answer("basketball-blurred.jpg")).fingerprint;
    expect(old).toMatch(/^efficientnet-lite0-fp16w/);
    await choose(smaller);
    const seen = new Set<string>();
    const filled: number[] = [];
    for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
      const { fingerprint, matches, warnings } = await answer("basketball-blurred.jpg");
      expect(matches[0]?.sku).toBe("basketball");
      seen.add(fingerprint);
      const calibrated = !warnings.some((warning) => warning.includes("calibrated with another encoder"));
      expect(calibrated).toBe(fingerprint === old);
      const { reembedding, products } = await engine.services.health();
      expect(products).toMatchObject({ indexed: PRODUCTS, pending: 0 });
      if (reembedding === null) break;
      expect(reembedding).toMatchObject({ from: old, total: PRODUCTS, failed: 0 });
      expect(reembedding.to).toMatch(/^efficientnet-lite0-160-/);
      filled.push(reembedding.done);
    }
    const { fingerprint, matches } = await answer("basketball-blurred.jpg");
    expect(fingerprint).toMatch(/^efficientnet-lite0-160-fp16w-1280-/);
    expect(matches[0]?.sku).toBe("basketball");
    seen.add(fingerprint);
    expect([...seen]).toEqual([old, fingerprint]);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(await (await engine.parts.collection()).count()).toEqual({ image: 4 * PRODUCTS, text: PRODUCTS });
    expect((await choice(smaller))?.searched).toBe(true);
    expect((await choice(SHIPPED))?.searched).toBe(false);
  }, 240_000);

  test("back to the shipped one while the chosen one's file is still there, and it is searched meanwhile", async () => {
    const before = (await answer("basketball-blurred.jpg")).fingerprint;
    await choose(SHIPPED);
    const first = (await answer("basketball-blurred.jpg")).fingerprint;
    for (const end = Date.now() + 120_000; (await engine.services.health()).reembedding !== null; await sleep(100)) {
      expect(Date.now()).toBeLessThan(end);
    }
    const { fingerprint, warnings } = await answer("basketball-blurred.jpg");
    expect(fingerprint).toMatch(/^efficientnet-lite0-fp16w/);
    expect(warnings).toEqual([]);
    expect([before, fingerprint]).toContain(first);
  }, 240_000);

  test("one that has gone keeps the engine from starting, and says where to choose another", async () => {
    const lost = join(folder, "lost");
    await mkdir(lost);
    const config = await loadConfig({ dataFolder: lost, overrides: { "encoder.imageModel": smaller } });
    await expect(createEngine({ dataFolder: lost, config, onNotice: () => {} })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringMatching(/encoder\.imageModel.*config\.json/),
    });
  });
});

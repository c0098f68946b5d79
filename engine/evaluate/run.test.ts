import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { openTestServices, type TestServices, testPng } from "../hosts/testing/services.ts";
import type { Answer } from "../match/answer.ts";
import { loadCalibration } from "../match/load-calibration.ts";
import { createEvaluator } from "./evaluator.ts";
import { runEvaluation } from "./run.ts";
import { ofProduct, type Query } from "./sources/query.ts";
import { createTrialMeter } from "./trial-meter.ts";

let folder: string;
let engine: TestServices;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-run-"));
  engine = await openTestServices(folder);
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const query = (label: string, bytes: () => Promise<Uint8Array>): Query => ({
  ...ofProduct,
  ...{ key: label, label, product: { sku: "a", category: "" }, bytes },
});

/** @param asked called for every question */
async function run(queries: Query[], asked: () => void, idle: () => Promise<void>) {
  async function* answer(): AsyncGenerator<Answer> {
    asked();
    const nothing = { description: null, unmeasured: false, timings: {}, warnings: [], fingerprint: "test/1" };
    const described = { described: null, describing: false };
    yield { stage: "refined", kind: "verified", candidates: [], presence: 0, ...nothing, ...described };
  }
  const { catalog } = engine.services;
  const viewEncoder = { fingerprint: "test/1", encode: async () => [], cached: () => null };
  const parts = { catalog, calibration: await loadCalibration(), idle };
  const options = { leaveOut: false, baselines: true, setting: {}, seed: 1 };
  const meter = createTrialMeter({
    ...{ id: "run", name: "", state: "preparing", time: "", options, source: { kind: "folder", name: "" }, done: 0 },
    ...{
      total: null,
      secondsLeft: null,
      seconds: 0,
      products: 0,
      fingerprint: "",
      headline: null,
      notes: [],
      embedding: null,
      error: null,
    },
  });
  const encoder = { fingerprint: "test/1", answer, viewEncoder };
  const arms = [{ id: "a" as const, match: defaultConfig.match, describe: false, encoder }];
  const source = { queries, notes: [], close: async () => {} };
  const wanted = { arms, leaveOut: false, baselines: true, seed: 1 };
  const stored = await runEvaluation(
    { ...parts, limits: defaultConfig.limits },
    source,
    wanted,
    meter,
    new AbortController().signal,
  );
  return { stored, meter };
}

test("every query waits for users' matches to be over", async () => {
  const order: string[] = [];
  const idle = async () => {
    order.push("match over");
  };
  const queries = ["1", "2", "3"].map((label) => query(label, () => testPng()));
  await run(queries, () => order.push("asked"), idle);
  const asked = order.map((what, place) => (what === "asked" ? place : -1)).filter((place) => place >= 0);
  expect(asked).toHaveLength(3);
  asked.forEach((place, i) => {
    expect(order.slice(0, place).filter((what) => what === "match over").length).toBeGreaterThan(i);
  });
});

test("pictures that can't be read are named and left out; the others are measured", async () => {
  const broken = query("broken.jpg", async () => {
    throw new ShelfmatchError("IMAGE_UNREADABLE", "broken.jpg is no picture.");
  });
  const { stored, meter } = await run(
    [broken, query("good.jpg", () => testPng())],
    () => {},
    async () => {},
  );
  expect(stored.trials.map(({ label }) => label)).toEqual(["good.jpg"]);
  expect(meter.snapshot()).toMatchObject({ done: 2, notes: [expect.stringContaining("broken.jpg")] });
});

test("what is no picture's fault ends it", async () => {
  const down = query("1", async () => {
    throw new ShelfmatchError("SERVICE_UNAVAILABLE", "The pictures are out of reach.");
  });
  await expect(
    run(
      [down, down],
      () => {},
      async () => {},
    ),
  ).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
});

test("an evaluation that is cancelled keeps nothing, and the next one may start", async () => {
  const draft = { name: "A", category: "", price: null, currency: null, brand: "", barcode: null, description: "" };
  await engine.services.catalog.create({ ...draft, sku: "a", attributes: {} }, []);
  const { catalog, journal } = engine.services;
  const entered = Promise.withResolvers<void>();
  const evaluator = createEvaluator({
    ...{ folder: join(folder, "evaluations"), catalog, journal, fingerprint: "test/1", log: () => {} },
    ...{ calibration: await loadCalibration(), config: () => defaultConfig, idle: async () => {} },
    openRival: async () => null,
    viewEncoder: { fingerprint: "test/1", encode: async () => [], cached: () => null },
    async *answer(_, { signal }) {
      entered.resolve();
      await new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  const run = "11111111-1111-4111-8111-111111111111";
  const feedback = { answer: "this" as const, sku: "a", note: null, time: new Date().toISOString() };
  await journal.recordRun(
    {
      ...{ runId: run, time: feedback.time, kind: "picture", source: null, text: null, region: null, verdict: "match" },
      ...{ result: null, error: null, photo: null, feedback: null },
    },
    { hash: "a".repeat(64), bytes: await testPng(), mediaType: "image/png" },
  );
  await journal.addFeedback(run, feedback);
  const options = { leaveOut: true, baselines: false, setting: {}, seed: 1 };
  const { id } = await evaluator.start({ kind: "feedback" }, options);
  await entered.promise;
  await expect(evaluator.start({ kind: "feedback" }, options)).rejects.toMatchObject({ code: "EVALUATION_RUNNING" });
  await expect(evaluator.remove(id)).rejects.toMatchObject({ code: "EVALUATION_RUNNING" });
  expect(await evaluator.cancel(id)).toMatchObject({ state: "cancelled", error: null });
  expect((await evaluator.get(id)).report).toBeNull();
  const again = await evaluator.start({ kind: "feedback" }, options);
  await evaluator.close();
  expect((await evaluator.list()).map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  expect(again.id).not.toBe(id);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { createEngine, type Engine } from "../engine.ts";

/** The whole embedded engine on the sample catalogue: real weights, real queries, a real fit. */

const SEED = join(import.meta.dirname, "../../seed");
let folder: string;
let engine: Engine;

const open = async () =>
  createEngine({
    dataFolder: folder,
    config: await loadConfig({ dataFolder: folder }),
    onNotice: (notice) => expect.fail(notice),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-recalibrate-"));
  engine = await open();
}, 180_000);

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

test("too few products are refused, and nothing runs", async () => {
  const { recalibrator } = engine.services;
  await expect(recalibrator.refit({})).rejects.toMatchObject({ code: "INVALID_INPUT" });
  expect(await recalibrator.state()).toMatchObject({ work: { state: "idle" }, last: null, due: null });
});

test("a refit asks made queries and keeps what is better; it can be stopped, and taken back", async () => {
  const { importer, indexer, recalibrator, about } = engine.services;
  const { importId } = await importer.start({ kind: "path", path: join(SEED, "products.csv") });
  for await (const progress of importer.watch(importId)) if (progress.error) expect.fail(progress.error.message);
  await indexer.settled();

  expect((await recalibrator.refit({})).work.state).toBe("running");
  expect((await recalibrator.cancel()).work.state).toBe("cancelled");
  expect((await recalibrator.state()).last).toBeNull();

  let state = await recalibrator.refit({ products: 10 });
  while (state.work.state === "running") {
    await sleep(200);
    state = await recalibrator.state();
  }
  expect(state.work).toMatchObject({ state: "idle", error: null });
  const { last, inForce } = state;
  expect(last).toMatchObject({ products: 54, sampled: 10, labelled: 0 });
  expect(last?.queries).toBeGreaterThan(50);
  expect(last?.kinds.map(({ kind }) => kind)).toEqual(["visual", "verified", "worded", "text"]);
  for (const { taken, before, after } of last?.kinds ?? []) {
    if (taken) expect(after?.logLoss).toBeLessThan(before?.logLoss ?? 0);
  }
  expect(inForce).toMatchObject({ own: last?.taken, fits: true });
  expect((await about()).calibration.measuredOn).toBe(inForce.measuredOn);

  await engine.close();
  engine = await open();
  expect((await engine.services.recalibrator.state()).inForce).toEqual(inForce);
  const back = await engine.services.recalibrator.reset();
  expect(back).toMatchObject({ inForce: { own: false, fits: true }, last: null });
}, 600_000);

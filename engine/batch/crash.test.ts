import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { openTestServices } from "../hosts/testing/services.ts";
import { openBatches } from "./batches.ts";

/** An engine that is killed in the middle of a batch, twice: every picture has one answer, and none was asked again that had one. */

const PICTURES = 8;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-batch-crash-"));
  mkdirSync(join(folder, "photos"));
  for (let at = 1; at <= PICTURES; at++) {
    const background = { r: 30 * at, g: 0, b: 255 - 30 * at };
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, "photos", `${at}.png`), png);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function engine(...args: string[]) {
  const worker = join(import.meta.dirname, "testing", "batch-worker.ts");
  return spawnSync(process.execPath, [worker, folder, ...args], { encoding: "utf8" });
}

test.each(["before", "behind"])("killed %s its answers are in the journal", async (place) => {
  expect(engine(join(folder, "photos"), place, "3").signal).toBe("SIGKILL");
  expect(engine("", place, "2").signal).toBe("SIGKILL");
  expect(engine("", "never", "0")).toMatchObject({ status: 0, stderr: "" });

  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  const runs = new Set(asked);
  // One run a picture, however often it was begun; of those that had their answer, none was begun again.
  expect(runs.size).toBe(PICTURES);
  const again = asked.length - runs.size;
  expect(again).toBeLessThanOrEqual(place === "before" ? 4 : 2);

  const services = await openTestServices(join(folder, "engine"));
  const { journal, catalog, matcher } = services.services;
  const options = { journal, catalog, matcher, config: () => defaultConfig, atOnce: 1, log: () => {} };
  const batches = openBatches({ folder: join(folder, "own"), ...options });
  try {
    const [batch] = batches.list();
    expect(batch).toMatchObject({ state: "done", total: PICTURES, done: PICTURES, failed: 0 });
    const items = batches.items(batch?.id ?? "", batches.order(batch?.id ?? "", {}, "file"));
    expect(items.map(({ file, runId }) => `${file} ${runId}`).sort()).toEqual([...runs].sort());
    const kept = await journal.runs({ limit: 100 });
    expect(kept.map(({ runId }) => runId).sort()).toEqual(items.map(({ runId }) => runId).sort());
  } finally {
    await batches.close();
    await services.close();
  }
});

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Recalibration } from "../../shared/contract/calibration.ts";
import { untrained } from "./fit.ts";
import { calibrationFile, openCalibrations } from "./own-calibration.ts";

let folder: string;
let notices: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-calibrations-"));
  notices = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shipped = { ...untrained(), fingerprint: "shipped", measuredOn: "the sample" };
const open = (fingerprint = "f") =>
  openCalibrations({ folder, fingerprint, shipped, onNotice: (notice) => notices.push(notice) });
const last: Recalibration = {
  ...{ time: "2026-01-01T00:00:00.000Z", products: 60, sampled: 60, queries: 400, labelled: 3, seconds: 9 },
  ...{ taken: true, kinds: [] },
};
const own = { ...untrained(), fingerprint: "f", measuredOn: "here" };

test("a refit is in force at once and at the next start, for its encoder only", async () => {
  const first = await open();
  expect(first.current()).toBe(shipped);
  await first.keep(own, last);
  expect(first.current().measuredOn).toBe("here");
  const again = await open();
  expect([again.isOwn(), again.current().measuredOn, again.last()]).toEqual([true, "here", last]);
  expect((await open("g")).current()).toBe(shipped);
  await again.reset();
  expect([(await open()).isOwn(), await readdir(folder)]).toEqual([false, []]);
  expect(notices).toEqual([]);
});

test("a refit that was no better is remembered, and the shipped one stays", async () => {
  await (await open()).keep(null, { ...last, taken: false });
  const again = await open();
  expect([again.isOwn(), again.last()?.taken]).toEqual([false, false]);
  expect(again.current()).toBe(shipped);
});

test("one of other features, or damaged, is said and not used", async () => {
  await (await open()).keep(own, last);
  const file = join(folder, calibrationFile("f"));
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll('"imageGap"', '"imageDistance"'));
  expect((await open()).current()).toBe(shipped);
  await writeFile(file, text.slice(0, 40));
  expect((await open()).current()).toBe(shipped);
  expect(notices).toHaveLength(2);
});

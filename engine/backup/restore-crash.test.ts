import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RESTORE_CRASH_POINTS } from "../lib/crash-point.ts";
import { arm, endRestore, noteStaged, staged, stagedFolder } from "./swap.ts";

/** A restore whose engine is killed at every step of it, again and again: old or new, whole, and new in the end. */

const ID = "0a4d55a8-d778-4022-97f5-fd9e6a4a1ba5";
const PARTS = [
  "catalog/catalog.sqlite",
  "catalog/pictures/ab/one",
  "journal/journal.sqlite",
  "index/active.json",
  "features.sqlite",
];
let folder: string;

function fill(root: string, parts: readonly string[], content: string): void {
  for (const part of parts) {
    mkdirSync(join(root, part, ".."), { recursive: true });
    writeFileSync(join(root, part), content);
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-restore-"));
  fill(folder, [...PARTS, "features.sqlite-wal", "move-to-stack.json"], "old");
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({ match: { top: 3 }, server: { port: 7777, token: "t".repeat(16) } }),
  );
  // Not ours to touch.
  fill(folder, ["engine.lock", "Cookies", "uploads/one"], "kept");
  fill(stagedFolder(folder, ID), [...PARTS, "sample-catalogue"], "new");
  writeFileSync(join(stagedFolder(folder, ID), "config.json"), JSON.stringify({ match: { top: 9 } }));
  const counts = { products: 1, pictures: 1, vectors: 1, runs: 0, lines: 0 };
  const contents = {
    app: "1",
    created: new Date().toISOString(),
    profile: "embedded" as const,
    fingerprint: { image: "a", text: "b" },
    counts,
    elsewhere: [],
  };
  await noteStaged(folder, ID, { file: "a.zip", contents, notes: [] });
  await arm(folder, ID);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (root: string, parts: readonly string[]) => parts.map((part) => readFileSync(join(root, part), "utf8"));
const asideFolder = () =>
  join(folder, readdirSync(folder).find((name) => name.startsWith("before-restore-")) ?? "none");

function expectRestored(): void {
  expect(new Set(read(folder, [...PARTS, "sample-catalogue"]))).toEqual(new Set(["new"]));
  expect(new Set(read(asideFolder(), [...PARTS, "features.sqlite-wal", "move-to-stack.json"]))).toEqual(
    new Set(["old"]),
  );
  expect(new Set(read(folder, ["engine.lock", "Cookies", "uploads/one"]))).toEqual(new Set(["kept"]));
  const settings = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  expect(settings).toEqual({ match: { top: 9 }, server: { port: 7777, token: "t".repeat(16) } });
  expect(existsSync(join(folder, "features.sqlite-wal"))).toBe(false);
  expect(existsSync(join(folder, "restore"))).toBe(false);
}

function killedAt(point: string, pass: number): boolean {
  const worker = join(import.meta.dirname, "testing", "restore-worker.ts");
  const { signal, status, stderr } = spawnSync(process.execPath, [worker, folder, point, String(pass)], {
    encoding: "utf8",
  });
  if (signal === null && status !== 0) throw new Error(stderr);
  return signal === "SIGKILL";
}

test("without a death it is done at once, and says where the old data is", async () => {
  expect(await staged(folder)).toMatchObject({ id: ID, armed: true });
  expect(await endRestore(folder)).toContain(asideFolder());
  expectRestored();
  expect(await endRestore(folder)).toBeNull();
  expectRestored();
});

test.each(
  RESTORE_CRASH_POINTS.flatMap((point) => (/moved/.test(point) ? [1, 2, 4, 6] : [1]).map((pass) => ({ point, pass }))),
)("killed at $point, pass $pass: the next start ends it", async ({ point, pass }) => {
  expect(killedAt(point, pass)).toBe(true);
  await endRestore(folder);
  expectRestored();
});

test("killed at every step one after the other, a step a start", async () => {
  const passes = { "restore.moved-out": 7, "restore.moved-in": 6 };
  for (const point of RESTORE_CRASH_POINTS) {
    const times = point in passes ? passes[point as keyof typeof passes] : 1;
    for (let n = 1; n <= times; n++) expect(killedAt(point, 1), `${point}, time ${n}`).toBe(true);
  }
  await endRestore(folder);
  expectRestored();
});

test("what was checked and not wanted is swept away at the next start", async () => {
  rmSync(join(folder, "restore", "plan.json"));
  expect(await endRestore(folder)).toBeNull();
  expect(existsSync(join(folder, "restore"))).toBe(false);
  expect(new Set(read(folder, PARTS))).toEqual(new Set(["old"]));
});

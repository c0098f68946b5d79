import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFeatureStore } from "./feature-store.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-features-"));
  file = join(folder, "features.sqlite");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = (message: string) => {
  throw new Error(message);
};

test("keeps features over a reopening, of its own version only", async () => {
  const first = openFeatureStore(file, "1", never);
  first.set("a", Uint8Array.of(1, 2, 3));
  await first.close();
  const again = openFeatureStore(file, "1", never);
  expect(again.get("a")).toEqual(Uint8Array.of(1, 2, 3));
  expect(again.get("b")).toBeNull();
  await again.close();
  const newer = openFeatureStore(file, "2", never);
  expect(newer.get("a")).toBeNull();
  await newer.close();
});

test("a damaged file is said and made anew", async () => {
  await writeFile(file, "this is no database, however long it goes on ".repeat(50));
  const notices: string[] = [];
  const store = openFeatureStore(file, "1", (message) => notices.push(message));
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain(file);
  store.set("a", Uint8Array.of(9));
  expect(store.get("a")).toEqual(Uint8Array.of(9));
  await store.close();
});

test("a file that can't be opened costs only time", async () => {
  await mkdir(file);
  const notices: string[] = [];
  const store = openFeatureStore(file, "1", (message) => notices.push(message));
  expect(notices[0]).toContain("in memory only");
  store.set("a", Uint8Array.of(9));
  expect(store.get("a")).toEqual(Uint8Array.of(9));
  await store.close();
});

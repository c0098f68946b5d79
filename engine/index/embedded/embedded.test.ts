import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describeVectorIndex } from "../contract.ts";
import type { Collection } from "../port.ts";
import { imageOf, product, SPEC } from "../test-points.ts";
import { openEmbeddedIndex } from "./embedded.ts";

describeVectorIndex("embedded", (folder) => openEmbeddedIndex({ folder }));
describeVectorIndex("embedded, graphs built all the time", (folder) =>
  openEmbeddedIndex({ folder, rebuild: { smallest: 8, idleMs: 5 } }),
);

const products = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => product(`P${from + n}`, from + n));

async function findsItself(collection: Collection, seed: number): Promise<void> {
  const [hit] = await collection.search({ name: "image", vector: imageOf(seed), limit: 1 });
  expect(hit).toMatchObject({ sku: `P${seed}` });
  expect(hit?.similarity).toBeCloseTo(1, 2);
}

describe("embedded index", () => {
  let folder: string;
  const notices: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-embedded-"));
    notices.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

  const openIndex = (rebuild = { smallest: 100, idleMs: 20 }) =>
    openEmbeddedIndex({ folder, rebuild, onNotice: (message) => notices.push(message) });
  const collectionFolder = async () => join(folder, (await readdir(folder))[0] ?? "");
  const graphs = async (name: string) =>
    (await readdir(await collectionFolder())).filter((part) => part.startsWith(`${name}-`));

  async function fill(): Promise<void> {
    const index = await openIndex();
    await (await index.open(SPEC)).replaceProducts(products(0, 80));
    await index.close();
  }

  test("builds a graph when many points are new, and takes in what is written meanwhile", async () => {
    const index = await openIndex();
    const collection = await index.open(SPEC);
    const before = await graphs("image");
    await collection.replaceProducts(products(0, 400));
    const meanwhile = (async () => {
      for (let n = 400; n < 600; n += 10) {
        await collection.replaceProducts(products(n, n + 10));
        await collection.deleteProducts([`P${n}`, `P${n - 399}`]);
        await setTimeout(10);
      }
    })();
    await vi.waitFor(async () => expect(await graphs("image")).not.toEqual(before), 20_000);
    await meanwhile;
    await vi.waitFor(async () => expect(await graphs("image")).toHaveLength(1), 20_000);
    expect(await collection.count()).toEqual({ image: 560, text: 560 });
    for (const seed of [0, 300, 405, 599]) await findsItself(collection, seed);
    const hits = await collection.search({ name: "image", vector: imageOf(400), limit: 600 });
    expect(hits.map(({ sku }) => sku)).not.toContain("P400");
    expect(hits).toHaveLength(560);
    expect(await index.health()).toMatchObject({ state: "ready" });
    await index.close();
    expect(notices).toEqual([]);
  });

  test("a graph that can't be built is said, and searching goes on without it", async () => {
    const index = await openIndex();
    const collection = await index.open(SPEC);
    const executable = process.execPath;
    process.execPath = join(folder, "no-such-program");
    try {
      await collection.replaceProducts(products(0, 150));
      await vi.waitFor(async () => expect(await index.health()).toMatchObject({ state: "degraded" }), 10_000);
    } finally {
      process.execPath = executable;
    }
    await findsItself(collection, 149);
    expect(notices[0]).toMatch(/could not be built/);
    await index.close();
  });

  test("closing does not wait for a graph that is being built", async () => {
    const index = await openIndex();
    const collection = await index.open(SPEC);
    await collection.replaceProducts(products(0, 400));
    await index.close();
    const again = await openIndex({ smallest: 10_000, idleMs: 10_000 });
    expect(await (await again.open(SPEC)).count()).toEqual({ image: 400, text: 400 });
    expect(await graphs("image")).toHaveLength(1);
    await again.close();
  });

  const damages: [string, (file: string) => Promise<void>][] = [
    ["text in its place", (file) => writeFile(file, "this is no database\n".repeat(2000))],
    ["emptied", (file) => truncate(file, 0)],
    ["cut in the middle", async (file) => truncate(file, Math.floor((await stat(file)).size / 2))],
    [
      "overwritten inside",
      async (file) => {
        const handle = await open(file, "r+");
        const { size } = await handle.stat();
        for (let at = 16_384; at < size; at += 16_384) await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, at);
        await handle.close();
      },
    ],
  ];
  test.each(damages)("a damaged database, %s, is kept aside and said, and a new one begun", async (_, damage) => {
    await fill();
    const file = join(await collectionFolder(), "points.sqlite");
    await damage(file);
    const damaged = await readFile(file);
    const index = await openIndex();
    const collection = await index.open(SPEC);
    expect(await collection.skus()).toEqual(new Set());
    expect(await collection.search({ name: "image", vector: imageOf(1), limit: 5 })).toEqual([]);
    expect(notices[0]).toMatch(/points\.sqlite.* is damaged/s);
    const aside = /kept as (.*?);/.exec(notices[0] ?? "")?.[1] ?? "";
    expect((await readFile(aside)).equals(damaged)).toBe(true);
    await collection.replaceProducts([product("P1", 1)]);
    await findsItself(collection, 1);
    await index.close();
  });

  test("a database of a newer version is refused and left as it is", async () => {
    await fill();
    const { DatabaseSync } = await import("node:sqlite");
    const file = join(await collectionFolder(), "points.sqlite");
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 99");
    db.close();
    const index = await openIndex();
    await expect(index.open(SPEC)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
    expect(existsSync(file)).toBe(true);
    await index.close();
  });

  const graphDamages: [string, (folder: string) => Promise<void>][] = [
    ["removed", (graph) => rm(graph, { recursive: true })],
    [
      "cut",
      async (graph) => {
        for (const entry of await readdir(graph, { recursive: true, withFileTypes: true })) {
          const file = join(entry.parentPath, entry.name);
          if (entry.isFile()) await truncate(file, Math.floor((await stat(file)).size / 2));
        }
      },
    ],
  ];
  test.each(graphDamages)("a search graph that was %s is made again from the vectors, and said", async (_, damage) => {
    await fill();
    for (const name of await graphs("image")) await damage(join(await collectionFolder(), name));
    const index = await openIndex();
    const collection = await index.open(SPEC);
    expect(await collection.count()).toEqual({ image: 80, text: 80 });
    for (const seed of [0, 40, 79]) await findsItself(collection, seed);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/made again/);
    await index.close();
  });

  test("killed in the middle of writing, again and again: all that was acknowledged is there", async () => {
    let written = 0;
    for (let round = 0; round < 4; round += 1) {
      const first = written;
      const writer = spawn(process.execPath, [join(import.meta.dirname, "crash-worker.ts"), folder, String(written)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface(writer.stdout).on("line", (line) => {
        written = Number(line);
      });
      await once(lines, "line");
      await setTimeout(150 + round * 250);
      writer.kill("SIGKILL");
      await Promise.all([once(writer, "exit"), once(lines, "close")]);
      expect(written).toBeGreaterThan(first);

      const index = await openIndex({ smallest: 10_000, idleMs: 10_000 });
      const collection = await index.open(SPEC);
      const skus = await collection.skus();
      const expected = Array.from({ length: written }, (_, n) => n).filter((n) => n % 10 !== 0);
      expect(expected.filter((n) => !skus.has(`P${n}`))).toEqual([]);
      expect(Array.from({ length: written / 10 }, (_, n) => `P${n * 10}`).filter((sku) => skus.has(sku))).toEqual([]);
      for (const n of [...expected.slice(-40), ...expected.filter((n) => n % 37 === 0)]) {
        await findsItself(collection, n);
      }
      const { image, text } = await collection.count();
      // The batch that was under way may be in, whole: its products are not lost, only not acknowledged.
      expect(image).toBe(skus.size);
      expect(text).toBe(skus.size);
      const everything = await collection.search({ name: "image", vector: imageOf(1), limit: 100_000 });
      expect(everything).toHaveLength(skus.size);
      await collection.deleteProducts([...skus].filter((sku) => Number(sku.slice(1)) >= written));
      await index.close();
      expect(notices).toEqual([]);
    }
  }, 60_000);
});

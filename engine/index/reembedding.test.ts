import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { freshName } from "../../scripts/servers/endpoint.mjs";
import { qdrantMissing, startQdrant } from "../../scripts/servers/qdrant.mjs";
import { REEMBEDDING_CRASH_POINTS } from "../lib/crash-point.ts";
import { openEmbeddedIndex } from "./embedded/embedded.ts";
import type { VectorIndex } from "./port.ts";
import { openQdrantIndex } from "./qdrant/qdrant.ts";
import { testSettings } from "./qdrant/testing.ts";
import { draft, findByName, type IndexedCatalog, openIndexed, sideOf } from "./testing/reembedding-engine.ts";

interface Place {
  folder: string;
  open(): Promise<VectorIndex>;
  /** For a process of its own. */
  address: [url: string, prefix: string];
}

const PRODUCTS = 150;
const DEADLINE = { timeout: 60_000, interval: 20 };

function describeReembedding(adapter: string, placeIn: (folder: string) => Place): void {
  describe(`re-embedding: ${adapter}`, () => {
    let place: Place;
    let running: IndexedCatalog | null = null;
    beforeEach(async () => {
      place = placeIn(await mkdtemp(join(tmpdir(), "shelfmatch-reembedding-")));
      // What every test begins with: a catalogue that is indexed with the first encoders.
      const { catalog, indexer, close } = await start({ wanted: sideOf(1) });
      const drafts = Array.from({ length: PRODUCTS }, (_, n) => draft(`P${n}`));
      await catalog.upsert(drafts.map((one) => ({ draft: one, pictures: [], otherPictures: "keep" as const })));
      await indexer.settled();
      await close();
    });
    afterEach(async () => {
      await running?.close().catch(() => {});
      running = null;
      await rm(place.folder, { recursive: true, force: true, maxRetries: 3 });
    });

    type Start = Pick<Parameters<typeof openIndexed>[0], "wanted" | "older" | "keepOldMs">;
    async function start(options: Start): Promise<IndexedCatalog> {
      running = await openIndexed({ folder: place.folder, index: await place.open(), ...options });
      return running;
    }

    const swapped = ({ reembedding }: IndexedCatalog) =>
      vi.waitFor(() => expect(reembedding.status().state).toBe("current"), DEADLINE);
    const alone = async ({ index, reembedding }: IndexedCatalog) => {
      const { encoders } = await reembedding.searched();
      const { image, text } = encoders;
      await vi.waitFor(async () => expect(await index.list()).toEqual([{ image, text }]), DEADLINE);
      expect(await index.active()).toEqual({ image, text });
    };

    /** Every product is found by its name first, nothing else is there, and the catalogue says so. */
    async function inStep({ catalog, indexer, reembedding }: IndexedCatalog): Promise<void> {
      await indexer.settled();
      const side = await reembedding.searched();
      const products = await catalog.getMany(await catalog.allSkus());
      expect(await side.collection.skus()).toEqual(new Set(products.map(({ sku }) => sku)));
      for (const { sku, name, indexState } of products) {
        expect({ sku, indexState }).toEqual({ sku, indexState: "indexed" });
        const hit = await findByName(side, name);
        expect(hit).toMatchObject({ sku });
        expect(hit?.similarity).toBeCloseTo(1, 2);
      }
      expect(await side.collection.count()).toEqual({ image: 0, text: products.length });
    }

    test("searches are answered all the while, changes are in the new vectors, nothing is lost", async () => {
      const engine = await start({ wanted: sideOf(2, 10), older: [sideOf(1)] });
      const { catalog, indexer, reembedding } = engine;
      const versions = new Set<string>();
      const progress: number[] = [];
      let over = false;
      const searching = (async () => {
        for (let n = 0; !over; n = (n + 7) % PRODUCTS) {
          // These two change below.
          if (n === 3 || n === 4) continue;
          const side = await reembedding.searched();
          versions.add(side.encoders.text.fingerprint);
          const hit = await findByName(side, `Thing P${n}`);
          expect(hit).toMatchObject({ sku: `P${n}` });
          expect(hit?.similarity).toBeCloseTo(1, 2);
          progress.push(reembedding.status().products.done);
        }
      })();
      await vi.waitFor(() => expect(reembedding.status().products.done).toBeGreaterThan(0), DEADLINE);
      expect(reembedding.status()).toMatchObject({ state: "filling", products: { total: PRODUCTS, failed: 0 } });
      await catalog.update("P3", { name: "Renamed meanwhile" });
      await catalog.create(draft("new", "Brand new"), []);
      await catalog.delete("P4");
      indexer.nudge();
      await indexer.settled();
      // Both sides have them at once, while the rest is still on its way.
      const [old, fresh] = await reembedding.current();
      if (old === undefined || fresh === undefined) throw new Error("there is but one side");
      for (const side of [old, fresh]) {
        expect(await findByName(side, "Renamed meanwhile")).toMatchObject({ sku: "P3" });
        expect(await findByName(side, "Brand new")).toMatchObject({ sku: "new" });
        expect((await side.collection.skus()).has("P4")).toBe(false);
      }
      await swapped(engine);
      await alone(engine);
      over = true;
      await searching;
      expect(versions).toEqual(new Set(["names-1", "names-2"]));
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      await inStep(engine);
    }, 120_000);

    test("without the old encoders the new vectors are searched at once, as they come", async () => {
      const engine = await start({ wanted: sideOf(2) });
      expect((await engine.reembedding.searched()).encoders.text.fingerprint).toBe("names-2");
      await engine.indexer.settled();
      await inStep(engine);
      await alone(engine);
    }, 60_000);

    test("an index from before there was a mark is marked, and then embedded anew like any other", async () => {
      const index = await place.open();
      const [spec] = await index.list();
      if (spec === undefined) throw new Error("there is no collection");
      // The same vectors again, in an index that never heard of `activate`.
      const points = await (await index.open(spec)).read(Array.from({ length: PRODUCTS }, (_, n) => `P${n}`));
      await index.drop(spec);
      await (await index.open(spec)).replaceProducts(points);
      expect(await index.active()).toBeNull();
      await index.close();
      const engine = await start({ wanted: sideOf(2, 5), older: [sideOf(1)] });
      expect((await engine.reembedding.searched()).encoders.text.fingerprint).toBe("names-1");
      expect(await engine.index.active()).toEqual(spec);
      await swapped(engine);
      await inStep(engine);
    }, 60_000);

    test("what was begun, and then not kept in step, is not trusted when it is begun again", async () => {
      const half = await start({ wanted: sideOf(2, 10), older: [sideOf(1)], keepOldMs: 60_000 });
      await vi.waitFor(() => expect(half.reembedding.status().products.done).toBeGreaterThan(0), DEADLINE);
      await half.close();
      // Back to the old encoders: the half that is there hears of no change from now on.
      const back = await start({ wanted: sideOf(1), older: [sideOf(2)] });
      await back.catalog.update("P1", { name: "Renamed in between" });
      back.indexer.nudge();
      await inStep(back);
      await alone(back);
      await back.close();
      const again = await start({ wanted: sideOf(2), older: [sideOf(1)] });
      await swapped(again);
      await inStep(again);
    }, 90_000);

    test("back to the old encoders right after the swap: the old vectors heard of every change", async () => {
      const engine = await start({ wanted: sideOf(2), older: [sideOf(1)], keepOldMs: 60_000 });
      await swapped(engine);
      await engine.catalog.update("P1", { name: "Renamed after the swap" });
      engine.indexer.nudge();
      await inStep(engine);
      await engine.close();
      const back = await start({ wanted: sideOf(1), older: [sideOf(2)] });
      await swapped(back);
      await inStep(back);
      await alone(back);
    }, 90_000);

    test("a product that the new encoders can't embed keeps nothing waiting, and is marked", async () => {
      const before = await start({ wanted: sideOf(1) });
      await before.catalog.create(draft("torn", "Torn", true), []);
      before.indexer.nudge();
      await before.indexer.settled();
      await before.close();
      const engine = await start({ wanted: sideOf(2), older: [sideOf(1)] });
      await swapped(engine);
      await engine.indexer.settled();
      expect(await engine.catalog.get("torn")).toMatchObject({
        indexState: "failed",
        indexReason: expect.stringMatching(/torn can't be embedded/),
      });
      await engine.catalog.delete("torn");
      engine.indexer.nudge();
      await inStep(engine);
    }, 60_000);

    const worker = join(import.meta.dirname, "testing", "reembedding-worker.ts");
    async function work(...at: string[]): Promise<NodeJS.Signals | null> {
      const child = spawn(process.execPath, [worker, place.folder, ...place.address, ...at], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      return signal;
    }
    const points: [string, number][] = [
      ...REEMBEDDING_CRASH_POINTS.map((point): [string, number] => [point, 1]),
      ["reembedding.filled", 3],
      // Vectors of a change are in the old collection, not in the new one; then in both, and not marked.
      ["index.vectors-written", 1],
      ["index.vectors-written", 2],
      ["index.vectors-deleted", 1],
    ];
    test.each(points)(
      "killed at %s, pass %i, it goes on where it was",
      async (point, pass) => {
        expect(await work(point, String(pass))).toBe("SIGKILL");
        const engine = await start({ wanted: sideOf(2), older: [sideOf(1)] });
        // From the first moment on, whichever vectors are searched.
        const hit = await findByName(await engine.reembedding.searched(), "Thing P9");
        expect(hit).toMatchObject({ sku: "P9" });
        await swapped(engine);
        await inStep(engine);
        await alone(engine);
        expect(await engine.catalog.allSkus()).not.toContain("P2");
        expect(await engine.catalog.get("P1")).toMatchObject({ name: "Renamed P1" });
      },
      120_000,
    );
  });
}

describeReembedding("embedded", (folder) => ({
  folder,
  open: () => openEmbeddedIndex({ folder: join(folder, "index") }),
  address: ["", ""],
}));

const missing = qdrantMissing();
describe.skipIf(missing !== null)(`on Qdrant${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let server: Awaited<ReturnType<typeof startQdrant>>;
  const prefixes: string[] = [];
  beforeAll(async () => {
    server = await startQdrant();
  });
  afterAll(() => server.close());
  const open = (prefix: string) =>
    openQdrantIndex({ settings: testSettings({ url: server.url, prefix, deadlineMs: 30_000 }) });
  afterEach(async () => {
    for (const prefix of prefixes.splice(0)) {
      const index = await open(prefix);
      for (const spec of await index.list()) await index.drop(spec);
      await index.close();
    }
  });

  describeReembedding("qdrant", (folder) => {
    const prefix = freshName();
    prefixes.push(prefix);
    return { folder, open: () => open(prefix), address: [server.url, prefix] };
  });

  test("the server is killed while the new collection fills: it goes on when it is back", async () => {
    const own = await startQdrant();
    const folder = await mkdtemp(join(tmpdir(), "shelfmatch-reembedding-"));
    const index = () => openQdrantIndex({ settings: testSettings({ url: own.url, deadlineMs: 30_000 }) });
    const first = await openIndexed({ folder, index: await index(), wanted: sideOf(1) });
    const drafts = Array.from({ length: PRODUCTS }, (_, n) => draft(`P${n}`));
    await first.catalog.upsert(drafts.map((one) => ({ draft: one, pictures: [], otherPictures: "keep" as const })));
    await first.indexer.settled();
    await first.close();

    const engine = await openIndexed({ folder, index: await index(), wanted: sideOf(2, 20), older: [sideOf(1)] });
    const { reembedding, catalog, indexer } = engine;
    await vi.waitFor(() => expect(reembedding.status().products.done).toBeGreaterThan(0), DEADLINE);
    await own.kill();
    await catalog.update("P5", { name: "Renamed while it was away" });
    indexer.nudge();
    await expect(findByName(await reembedding.searched(), "Thing P9")).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
    });
    await setTimeout(500);
    await own.start();
    await vi.waitFor(() => expect(reembedding.status().state).toBe("current"), DEADLINE);
    await vi.waitFor(() => indexer.settled(), DEADLINE);
    const side = await reembedding.searched();
    expect(side.encoders.text.fingerprint).toBe("names-2");
    expect(await side.collection.skus()).toEqual(new Set(await catalog.allSkus()));
    expect(await findByName(side, "Renamed while it was away")).toMatchObject({ sku: "P5" });
    await engine.close();
    await own.close();
    await rm(folder, { recursive: true });
  }, 120_000);
});

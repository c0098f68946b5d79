import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { configuredEndpoint, freshName } from "../../../scripts/servers/endpoint.mjs";
import { qdrantMissing, startQdrant } from "../../../scripts/servers/qdrant.mjs";
import { describeVectorIndex } from "../contract.ts";
import { imageOf, near, product, SPEC } from "../test-points.ts";
import { openQdrantIndex, type QdrantIndex } from "./qdrant.ts";
import { testSettings } from "./testing.ts";

const given = configuredEndpoint("qdrant");
const missing = given === null ? qdrantMissing() : null;
const why = missing === null ? "" : ` (skipped: ${missing})`;

const cosine = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);

/** Servers of the suites, and the names that each test takes: a folder is a prefix. */
function onServer({ graphs = false } = {}) {
  const prefixes = new Map<string, string>();
  const server = { url: "", apiKeyFile: null as string | null };
  let close = async () => {};
  beforeAll(async () => {
    if (given !== null) {
      const folder = await mkdtemp(join(tmpdir(), "shelfmatch-qdrant-key-"));
      if (given.secret !== null) await writeFile(join(folder, "key"), given.secret);
      Object.assign(server, { url: given.url, apiKeyFile: given.secret === null ? null : join(folder, "key") });
      close = () => rm(folder, { recursive: true });
      return;
    }
    const own = await startQdrant({ graphs });
    server.url = own.url;
    close = own.close;
  });
  afterEach(async () => {
    for (const prefix of prefixes.values()) await dropAll(prefix);
    prefixes.clear();
  });
  afterAll(() => close());
  const settingsOf = (prefix: string) => testSettings({ ...server, prefix, deadlineMs: 30_000 });
  async function dropAll(prefix: string): Promise<void> {
    const index = await openQdrantIndex({ settings: settingsOf(prefix) });
    for (const spec of await index.list()) await index.drop(spec);
    await index.close();
  }
  return (folder: string): Promise<QdrantIndex> => {
    const prefix = prefixes.get(folder) ?? freshName();
    prefixes.set(folder, prefix);
    return openQdrantIndex({ settings: settingsOf(prefix) });
  };
}

describe.skipIf(missing !== null)(`Qdrant${why}`, () => {
  describeVectorIndex("qdrant", onServer());
  describeVectorIndex("qdrant, graphs and int8 from the first kilobyte", onServer({ graphs: true }));

  describe("what only Qdrant has", () => {
    const open = onServer({ graphs: true });
    const openPlain = onServer();

    test("its name, version and calls are in its health", async () => {
      const index = await open("health");
      await index.open(SPEC);
      const health = await index.health();
      expect(health).toMatchObject({ state: "ready", remote: { name: "Qdrant", breaker: "closed", failures: 0 } });
      expect(health.remote?.version).toMatch(/^1\.\d+/);
      await index.close();
    });

    test("the aliases say which encoders made the vectors", async () => {
      const index = await open("aliases");
      const odd = {
        image: { fingerprint: "Odd.name/with:signs *", dimensions: 16 },
        text: { fingerprint: "wörter", dimensions: 8 },
      };
      await (await index.open(odd)).replaceProducts([product("A", 1)]);
      expect(await index.list()).toEqual([odd]);
      await index.activate(odd);
      expect(await index.active()).toEqual(odd);
      await index.close();
    });

    test("graphs and int8 copies are there, and what they find is scored in full precision", async () => {
      const index = await open("graphs");
      const collection = await index.open(SPEC);
      const products = Array.from({ length: 500 }, (_, n) => product(`P${n}`, n));
      await collection.replaceProducts(products);
      for (let seed = 0; seed < 40; seed += 1) {
        const vector = near(imageOf(seed), 0.7, seed);
        const hits = await collection.search({ name: "image", vector, limit: 5 });
        const truth = products
          .map(({ sku }, n) => ({ sku, similarity: cosine(vector, imageOf(n)) }))
          .sort((a, b) => b.similarity - a.similarity);
        expect(hits[0]?.sku).toBe(truth[0]?.sku);
        for (const { sku, similarity } of hits) {
          // int8 alone is off by some 0.01.
          expect(similarity).toBeCloseTo(truth.find((one) => one.sku === sku)?.similarity ?? 0, 5);
        }
      }
      await index.close();
    });

    test("a snapshot is made, listed and removed", async () => {
      const index = await open("snapshots");
      const collection = await index.open(SPEC);
      await collection.replaceProducts([product("A", 1)]);
      expect(await index.snapshots.list(SPEC)).toEqual([]);
      const made = await index.snapshots.create(SPEC);
      expect(made.bytes).toBeGreaterThan(0);
      const listed = await index.snapshots.list(SPEC);
      expect(listed.map(({ name, bytes }) => ({ name, bytes }))).toEqual([{ name: made.name, bytes: made.bytes }]);
      await index.snapshots.delete(SPEC, made.name);
      expect(await index.snapshots.list(SPEC)).toEqual([]);
      await index.close();
    });

    test("more than one request, and more than one page: everything is written and listed", async () => {
      const index = await openPlain("many");
      const collection = await index.open(SPEC);
      const skus = Array.from({ length: 3_000 }, (_, n) => `P${n}`);
      await collection.replaceProducts(skus.map((sku, n) => product(sku, n)));
      expect(await collection.count()).toEqual({ image: 3_000, text: 3_000 });
      expect(await collection.skus()).toEqual(new Set(skus));
      const [hit] = await collection.search({ name: "image", vector: imageOf(2_321), limit: 3 });
      expect(hit?.sku).toBe("P2321");
      await collection.deleteProducts(skus.slice(1));
      expect(await collection.skus()).toEqual(new Set(["P0"]));
      await index.close();
    }, 120_000);
  });
});

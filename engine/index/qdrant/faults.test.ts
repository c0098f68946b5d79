import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { qdrantMissing, startQdrant } from "../../../scripts/servers/qdrant.mjs";
import { type FaultProxy, startFaultProxy } from "../../lib/testing/fault-proxy.ts";
import type { Collection } from "../port.ts";
import { imageOf, product, SPEC } from "../test-points.ts";
import { collectionName } from "./names.ts";
import { openQdrantIndex, type QdrantIndex } from "./qdrant.ts";
import { testSettings } from "./testing.ts";

// Always against servers of its own: it stops, kills and damages them.
const missing = qdrantMissing();
const KEY = "a-key-of-the-test";

type Server = Awaited<ReturnType<typeof startQdrant>>;

const byImage = (collection: Collection, seed: number) =>
  collection.search({ name: "image", vector: imageOf(seed), limit: 1 });

describe.skipIf(missing !== null)(`Qdrant having a bad day${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let server: Server;
  let proxy: FaultProxy;
  let index: QdrantIndex;
  let collection: Collection;
  let tests = 0;
  const notices: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-qdrant-faults-"));
    server = await startQdrant({ apiKey: KEY });
    await writeFile(join(folder, "key"), `${KEY}\n`);
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const settings = (more: Parameters<typeof testSettings>[0] = {}) =>
    testSettings({ url: proxy.url, apiKeyFile: join(folder, "key"), prefix: `t${tests}`, deadlineMs: 20_000, ...more });
  const open = (more: Parameters<typeof testSettings>[0] = {}) =>
    openQdrantIndex({ settings: settings(more), onNotice: (message) => notices.push(message) });

  beforeEach(async () => {
    tests += 1;
    notices.length = 0;
    proxy = await startFaultProxy(server.url);
    index = await open();
    collection = await index.open(SPEC);
    await collection.replaceProducts([product("A", 1)]);
  });
  afterEach(async () => {
    proxy.set(null);
    await index.close();
    await proxy.close();
  });

  const garbage = (body: string, type?: string) => ({ status: 200, body, ...(type === undefined ? {} : { type }) });
  const refusal = (status: number, error: string) => ({ status, body: JSON.stringify({ status: { error }, time: 0 }) });
  const disk = "Service internal error: No space left on device: WAL buffer size exceeds available disk space";

  test.each([
    [
      "a page of another program",
      garbage("<html>Welcome</html>", "text/html"),
      "SERVICE_BAD_ANSWER",
      /no answer of a Qdrant/,
    ],
    ["half of a JSON", garbage('{"result": {"groups": ['), "SERVICE_BAD_ANSWER", /no answer of a Qdrant/],
    ["another shape", garbage('{"result": {"hits": 3}}'), "SERVICE_BAD_ANSWER", /no answer of a Qdrant/],
    [
      "an error of its own",
      refusal(500, "Service internal error: oh"),
      "SERVICE_UNAVAILABLE",
      /500: Service internal error: oh/,
    ],
    [
      "a gateway's error",
      { status: 502, body: "Bad Gateway", type: "text/plain" },
      "SERVICE_UNAVAILABLE",
      /502: Bad Gateway/,
    ],
    [
      "a shard that is away",
      refusal(503, "Shard temporarily unavailable: 0"),
      "SERVICE_UNAVAILABLE",
      /Shard temporarily/,
    ],
    ["that its disk is full", refusal(500, disk), "DISK_FULL", /disk of Qdrant at .* is full .*Give it space/],
    ["that its quota is used up", refusal(507, "Insufficient storage: quota"), "DISK_FULL", /is full/],
    ["that it gave up", refusal(408, "Timeout: deadline"), "TIMEOUT", /gave a call up/],
    ["that there were too many calls", refusal(429, "Rate limiting exceeded"), "BUSY", /limits how many/],
    [
      "that the call is wrong",
      refusal(400, "Format error in JSON body: new"),
      "SERVICE_MISMATCH",
      /did not take a call/,
    ],
    [
      "no right to write",
      { status: 403, body: "Forbidden: write access", type: "text/plain" },
      "SERVICE_DENIED",
      /API key/,
    ],
  ])(
    "answers with %s",
    async (_, fault, code, words) => {
      proxy.set(fault, /points/);
      for (const attempt of [() => byImage(collection, 1), () => collection.replaceProducts([product("B", 2)])]) {
        const error = await attempt().then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
      }
      expect(await index.health()).toMatchObject({ state: "down", remote: { name: "Qdrant" } });
      proxy.set(null);
      expect(await index.health()).toMatchObject({ state: "ready" });
      await vi.waitFor(() => collection.replaceProducts([product("B", 2)]), 40_000);
      expect((await byImage(collection, 2))[0]?.sku).toBe("B");
    },
    60_000,
  );

  test("breaks off in the middle of every answer, then of none", async () => {
    proxy.set("cut");
    await expect(byImage(collection, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
    // The points of this one are in; nobody was told.
    await expect(collection.replaceProducts([product("B", 2)])).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    proxy.set(null);
    await vi.waitFor(() => collection.replaceProducts([product("B", 2)]), 40_000);
    expect(await collection.count()).toEqual({ image: 2, text: 2 });
  }, 60_000);

  test("does not answer within the deadline", async () => {
    const impatient = await open({ deadlineMs: 300 });
    const slow = await impatient.open(SPEC);
    await byImage(slow, 1);
    proxy.set({ delayMs: 3_000 });
    await expect(byImage(slow, 1)).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
    await expect(slow.deleteProducts(["nobody"])).rejects.toThrow(/Qdrant at .* could not delete points within 0.3 s/);
    proxy.set(null);
    await vi.waitFor(async () => expect((await byImage(slow, 1))[0]?.sku).toBe("A"), 20_000);
    await impatient.close();
  });

  test("says that a write was taken, but not that it was applied", async () => {
    const result = [{ operation_id: 1, status: "acknowledged" }];
    proxy.set({ status: 200, body: JSON.stringify({ result, status: "ok", time: 0 }) }, /points\/batch/);
    await expect(collection.replaceProducts([product("B", 2)])).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("after faults in a row, calls are refused without asking it, until it is back", async () => {
    proxy.set({ status: 503, body: "starting", type: "text/plain" });
    await vi.waitFor(async () => {
      await byImage(collection, 1).catch(() => {});
      expect((await index.health()).remote?.breaker).toBe("open");
    }, 20_000);
    const before = proxy.requests;
    await expect(collection.replaceProducts([product("B", 2)])).rejects.toThrow(/failed several times in a row/);
    expect(proxy.requests).toBe(before);
    proxy.set(null);
    await vi.waitFor(async () => expect((await byImage(collection, 1))[0]?.sku).toBe("A"), 40_000);
    expect((await index.health()).remote).toMatchObject({ breaker: "closed" });
  }, 90_000);

  test("is not there at the start: the index opens, says so, and works when it is", async () => {
    const late = await startQdrant({ started: false });
    const waiting = await open({ url: late.url, apiKeyFile: null });
    const early = await waiting.open(SPEC);
    expect(notices[0]).toMatch(/Qdrant at 127.* is not reachable \(ECONNREFUSED\).*Start it, or set qdrant.url/);
    await expect(byImage(early, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(waiting.list()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(await waiting.health()).toMatchObject({ state: "down", remote: { version: null } });
    await late.start();
    await vi.waitFor(() => early.replaceProducts([product("A", 1)]), 40_000);
    expect((await byImage(early, 1))[0]?.sku).toBe("A");
    expect(await waiting.health()).toMatchObject({ state: "ready", remote: { version: "1.19.0" } });
    await late.stop();
    await expect(byImage(early, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await late.start();
    await vi.waitFor(async () => expect((await byImage(early, 1))[0]?.sku).toBe("A"), 40_000);
    await waiting.close();
    await late.close();
  }, 120_000);

  test("refuses the API key: said, and mended by the file alone", async () => {
    await writeFile(join(folder, "other-key"), "wrong");
    const locked = await open({ apiKeyFile: join(folder, "other-key") });
    const denied = await locked.open(SPEC);
    expect(notices[0]).toMatch(/refused the API key \(Invalid API key or JWT\)/);
    await expect(byImage(denied, 1)).rejects.toMatchObject({ code: "SERVICE_DENIED", retryable: false });
    await writeFile(join(folder, "other-key"), KEY);
    expect((await byImage(denied, 1))[0]?.sku).toBe("A");
    await locked.close();
    const keyless = await open({ apiKeyFile: null });
    await expect(keyless.list()).rejects.toThrow(/Must provide an API key/);
    await keyless.close();
    const lost = await open({ apiKeyFile: join(folder, "no-such-file") });
    await expect(lost.list()).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      details: { path: "qdrant.apiKeyFile" },
    });
    await lost.close();
  });

  test("is too old: said with both versions, and what a new one changes needs no restart", async () => {
    const version = JSON.stringify({ title: "qdrant - vector search engine", version: "1.12.6" });
    proxy.set({ status: 200, body: version }, /^\/$/);
    const old = await open();
    const unusable = await old.open(SPEC);
    await expect(byImage(unusable, 1)).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
    await expect(byImage(unusable, 1)).rejects.toThrow(/is version 1.12.6; Shelfmatch needs 1.13 or later/);
    expect(await old.health()).toMatchObject({ state: "down", remote: { version: "1.12.6" } });
    proxy.set(null);
    expect((await byImage(unusable, 1))[0]?.sku).toBe("A");
    await old.close();
  });

  test("has a collection of another dimension under these fingerprints", async () => {
    const wide = await open();
    const wider = { ...SPEC, image: { ...SPEC.image, dimensions: 32 } };
    const refused = await wide.open(wider);
    const call = refused.search({ name: "image", vector: new Float32Array(32).fill(0.1), limit: 1 });
    await expect(call).rejects.toMatchObject({ code: "DIMENSION_MISMATCH", details: { expected: 32, received: 16 } });
    await expect(call).rejects.toThrow(/Remove the collection behind the alias t\d+\.pictures-1\.words-1 in Qdrant/);
    await wide.close();
  });

  const asServer = (method: string, path: string, body?: unknown) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { "api-key": KEY, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test("has a collection of that name which compares otherwise", async () => {
    const other = { image: { fingerprint: "i2", dimensions: 4 }, text: { fingerprint: "t2", dimensions: 4 } };
    const vector = { size: 4, distance: "Euclid" };
    const name = collectionName(`t${tests}`, other);
    await asServer("PUT", `/collections/${name}`, { vectors: { image: vector, text: vector } });
    const refused = await index.open(other);
    await expect(refused.count()).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
    await expect(refused.count()).rejects.toThrow(/compares by Euclid, not Cosine/);
  });

  test("lost the collection: said once, then there is a new one", async () => {
    await asServer("DELETE", `/collections/${collectionName(`t${tests}`, SPEC)}`);
    await expect(byImage(collection, 1)).rejects.toMatchObject({
      code: "SERVICE_MISMATCH",
      details: { vectorsLost: true },
    });
    expect(await collection.skus()).toEqual(new Set());
    await collection.replaceProducts([product("A", 1)]);
    expect((await byImage(collection, 1))[0]?.sku).toBe("A");
  });

  test("killed in the middle of writing, again and again: all that was acknowledged is there", async () => {
    const mortal = await startQdrant({ graphs: true });
    const writing = await open({ url: mortal.url, apiKeyFile: null });
    const target = await writing.open(SPEC);
    const acknowledged = new Set<number>();
    let next = 0;
    for (let round = 0; round < 4; round += 1) {
      let killed = false;
      const writer = (async () => {
        while (!killed) {
          const batch = Array.from({ length: 20 }, () => next++);
          await target
            .replaceProducts(batch.map((n) => product(`P${n}`, n)))
            .then(() => target.deleteProducts([`P${batch[0]}`]))
            .then(() => batch.slice(1).map((n) => acknowledged.add(n)))
            .catch(() => {});
        }
      })();
      const sofar = acknowledged.size;
      await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(sofar + 50), { timeout: 60_000, interval: 5 });
      await setTimeout(round * 30);
      await mortal.kill();
      killed = true;
      await writer;
      await mortal.start();
      const skus = await vi.waitFor(() => target.skus(), 40_000);
      expect([...acknowledged].filter((n) => !skus.has(`P${n}`))).toEqual([]);
      for (const n of [...acknowledged].slice(-20)) {
        const [hit] = await byImage(target, n);
        expect(hit).toMatchObject({ sku: `P${n}` });
        expect(hit?.similarity).toBeCloseTo(1, 4);
      }
    }
    // Deleted ones that were acknowledged as such stay away; so does half a product.
    const skus = await target.skus();
    const { image, text } = await target.count();
    expect([image, text]).toEqual([skus.size, skus.size]);
    await writing.close();
    await mortal.close();
  }, 240_000);
});

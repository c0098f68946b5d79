import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chromaMissing, startChroma } from "../../../scripts/servers/chroma.mjs";
import { configuredEndpoint, freshName } from "../../../scripts/servers/endpoint.mjs";
import { type Config, configSchema } from "../../../shared/config.ts";
import { describeVectorIndex } from "../contract.ts";
import type { Collection, VectorIndex } from "../port.ts";
import { imageOf, product, SPEC } from "../test-points.ts";
import { openChromaIndex } from "./chroma.ts";

const given = configuredEndpoint("chroma");
const own = chromaMissing();
const missing = given === null ? own : null;
const why = (reason: string | null) => (reason === null ? "" : ` (skipped: ${reason})`);

const settingsOf = (chroma: Partial<Config["chroma"]>) => configSchema.parse({ chroma }).chroma;
const search = (collection: Collection, seed: number) =>
  collection.search({ name: "image", vector: imageOf(seed), limit: 3 });

describe.skipIf(missing !== null)(`Chroma${why(missing)}`, () => {
  let url: string;
  let close = async () => {};
  /** Databases by the folder of each test: the same folder again is the same index. */
  const databases = new Map<string, string>();
  beforeAll(async () => {
    if (given !== null) {
      url = given.url;
      return;
    }
    const server = await startChroma();
    ({ url, close } = server);
  });
  afterEach(async () => {
    for (const database of databases.values()) {
      await fetch(`${url}/api/v2/tenants/default_tenant/databases/${database}`, { method: "DELETE" });
    }
    databases.clear();
  });
  afterAll(() => close());

  function open(folder: string): Promise<VectorIndex> {
    const database = databases.get(folder) ?? freshName();
    databases.set(folder, database);
    return openChromaIndex({ settings: settingsOf({ url, database, deadlineMs: 30_000 }) });
  }
  const request = async (method: string, path: string, body?: unknown) =>
    fetch(`${url}/api/v2/tenants/default_tenant/databases/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });

  describeVectorIndex("chroma", open);

  describe("what only Chroma has", () => {
    test("its name, the version of its API and its calls are in its health", async () => {
      const index = await open("health");
      await index.open(SPEC);
      const health = await index.health();
      expect(health).toMatchObject({ state: "ready", remote: { name: "Chroma", breaker: "closed", failures: 0 } });
      expect(health.remote?.version).toMatch(/^1\./);
      await index.close();
    });

    test("a field that is gone is gone: Chroma would keep what a new writing does not name", async () => {
      const index = await open("fields");
      const collection = await index.open(SPEC);
      await collection.replaceProducts([product("A", 1, { price: 10, currency: "EUR" })]);
      await collection.replaceProducts([product("A", 1)]);
      const filter = { priceMin: 1 };
      expect(await collection.search({ name: "image", vector: imageOf(1), limit: 3, filter })).toEqual([]);
      await index.close();
    });

    test("whole and broken prices are compared alike", async () => {
      const index = await open("prices");
      const collection = await index.open(SPEC);
      await collection.replaceProducts([10, 10.5, 11].map((price) => product(`at ${price}`, price, { price })));
      const between = async (priceMin: number, priceMax: number) => {
        const filter = { priceMin, priceMax };
        const hits = await collection.search({ name: "image", vector: imageOf(1), limit: 5, filter });
        return hits.map(({ sku }) => sku).sort();
      };
      expect(await between(10, 11)).toEqual(["at 10", "at 10.5", "at 11"]);
      expect(await between(10.5, 11)).toEqual(["at 10.5", "at 11"]);
      expect(await between(10.1, 10.9)).toEqual(["at 10.5"]);
      await index.close();
    });

    test("others' collections in the same database are neither listed nor dropped", async () => {
      const index = await open("others");
      await index.open(SPEC);
      const path = `${databases.get("others")}/collections`;
      expect((await request("POST", path, { name: "somebody-elses" })).status).toBe(200);
      expect(await index.list()).toEqual([SPEC]);
      await index.drop(SPEC);
      expect((await request("GET", `${path}/somebody-elses`)).status).toBe(200);
      await index.close();
    });

    test("a collection of ours that holds something else is refused, and left as it is", async () => {
      const first = await open("other-space");
      await first.open(SPEC);
      const path = `${databases.get("other-space")}/collections`;
      const [{ name }] = (await (await request("GET", path)).json()) as [{ name: string }];
      await request("DELETE", `${path}/${name}`);
      await request("POST", path, { name, configuration: { hnsw: { space: "l2" } } });
      await first.close();
      const index = await open("other-space");
      const collection = await index.open(SPEC);
      await expect(collection.count()).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
      await expect(collection.count()).rejects.toThrow(/by l2, not \d+ by cosine/);
      await index.close();
    });

    test("a collection that somebody deleted is said, and made again by the next call", async () => {
      const index = await open("deleted");
      const collection = await index.open(SPEC);
      await collection.replaceProducts([product("A", 1)]);
      const other = await open("deleted");
      await other.drop(SPEC);
      await other.close();
      await expect(search(collection, 1)).rejects.toMatchObject({
        code: "SERVICE_MISMATCH",
        retryable: true,
        details: { vectorsLost: true },
      });
      await collection.replaceProducts([product("A", 1)]);
      expect(await search(collection, 1)).toHaveLength(1);
      await index.close();
    });

    test("more than one request, and more than one page: everything is written, listed and read", async () => {
      const index = await open("many");
      const collection = await index.open(SPEC);
      const skus = Array.from({ length: 2_500 }, (_, n) => `P${n}`);
      await collection.replaceProducts(skus.map((sku, n) => product(sku, n)));
      expect(await collection.count()).toEqual({ image: 2_500, text: 2_500 });
      expect(await collection.skus()).toEqual(new Set(skus));
      expect((await collection.read(skus)).map(({ sku }) => sku)).toEqual(skus);
      expect((await search(collection, 2_321))[0]?.sku).toBe("P2321");
      await collection.deleteProducts(skus.slice(1));
      expect(await collection.skus()).toEqual(new Set(["P0"]));
      await index.close();
    }, 120_000);
  });
});

describe.skipIf(own !== null)(`Chroma in trouble${why(own)}`, () => {
  test("is down at the start, comes, goes, hangs and comes back: the same index goes on", async () => {
    const server = await startChroma({ started: false });
    const notices: string[] = [];
    const settings = settingsOf({ url: server.url, database: freshName(), deadlineMs: 5_000 });
    const index = await openChromaIndex({ settings, onNotice: (message) => notices.push(message) });
    try {
      const collection = await index.open(SPEC);
      expect(notices).toEqual([expect.stringMatching(/Chroma at 127.0.0.1:\d+ is not reachable \(ECONNREFUSED\)/)]);
      await expect(search(collection, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
      expect(await index.health()).toMatchObject({ state: "down", remote: { version: null } });

      const recovered = () =>
        vi.waitFor(async () => expect((await search(collection, 1))[0]?.sku).toBe("A"), {
          timeout: 60_000,
          interval: 200,
        });
      await server.start();
      await vi.waitFor(() => collection.replaceProducts([product("A", 1), product("B", 2)]), { timeout: 60_000 });
      await recovered();

      await server.kill();
      await expect(search(collection, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      await server.start();
      await recovered();
      expect(await collection.count()).toEqual({ image: 2, text: 2 });

      server.pause();
      await expect(search(collection, 1)).rejects.toMatchObject({ code: "TIMEOUT" });
      server.resume();
      await recovered();
      expect(await index.health()).toMatchObject({ state: "ready", remote: { version: "1.0.0" } });
    } finally {
      await index.close();
      await server.close();
    }
  }, 240_000);
});

describe("something else in Chroma's place", () => {
  const version: RequestListener = (_, response) => response.end('"1.0.0"');
  const cases: [string, RequestListener, string, RegExp][] = [
    [
      "an older Chroma",
      (_, response) => response.writeHead(404).end("Not Found"),
      "SERVICE_MISMATCH",
      /version 0 of its API/,
    ],
    ["another version", (_, response) => response.end('"2.1.0"'), "SERVICE_MISMATCH", /version 2.1.0 of its API/],
    [
      "a page",
      (_, response) => response.end("<h1>hello</h1>"),
      "SERVICE_BAD_ANSWER",
      /Chroma at .* could not make its database: its answer has another form/,
    ],
    [
      "a wrong form",
      version,
      "SERVICE_BAD_ANSWER",
      /could not .* its answer has another form than Chroma's: .* expected (array|object)/,
    ],
    [
      "a proxy that wants a password",
      (_, response) => response.writeHead(401).end('{"error":"AuthError","message":"Unauthorized"}'),
      "SERVICE_DENIED",
      /wants credentials \(Unauthorized\)/,
    ],
    [
      "a server whose disk is full",
      (request, response) =>
        request.url?.endsWith("/version")
          ? version(request, response)
          : response.writeHead(500).end('{"error":"InternalError","message":"database or disk is full"}'),
      "DISK_FULL",
      /disk of Chroma at .* is full/,
    ],
    [
      "a server in trouble",
      (request, response) =>
        request.url?.endsWith("/version")
          ? version(request, response)
          : response.writeHead(500).end('{"error":"InternalError","message":"oh dear"}'),
      "SERVICE_UNAVAILABLE",
      /500: oh dear/,
    ],
    ["a connection that breaks", (request) => request.socket.destroy(), "SERVICE_UNAVAILABLE", /is not reachable/],
  ];
  test.each(cases)("%s is told by a typed error", async (_, answer, code, message) => {
    const server = createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const index = await openChromaIndex({ settings: settingsOf({ url, deadlineMs: 2_000 }) });
    try {
      const first = index.list();
      await expect(first).rejects.toMatchObject({ code });
      await expect(first).rejects.toThrow(message);
      await index.open(SPEC);
      expect(await index.health()).toMatchObject({ state: "down", detail: expect.stringMatching(message) });
    } finally {
      await index.close();
      server.closeAllConnections();
      server.close();
    }
  });
});

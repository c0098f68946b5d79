import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Contract } from "../../../shared/contract/contract.ts";
import { testPicture } from "../../catalog/test-pictures.ts";
import { loadConfig } from "../../config/load.ts";
import { rawRequest } from "../testing/http.ts";
import { openTestServices, type TestServices, testPng } from "../testing/services.ts";
import { startWebHost, type WebHost } from "./server.ts";

let dataFolder: string;
let engine: TestServices;
let host: WebHost;
let url: string;
const LIMITS = { "limits.pictureBytes": 100_000, "limits.uploadBytes": 500_000 };

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-web-"));
  engine = await openTestServices(dataFolder);
  const renderer = join(dataFolder, "renderer");
  mkdirSync(join(renderer, "assets"), { recursive: true });
  writeFileSync(join(renderer, "index.html"), "<!doctype html><title>Shelfmatch</title>");
  writeFileSync(join(renderer, "assets", "main-1a2b.js"), "export {};");
  const config = await loadConfig({ dataFolder, overrides: { "server.port": 0, ...LIMITS } });
  host = await startWebHost({ services: engine.services, config, version: "0.1.0", rendererFolder: renderer });
  url = host.url;
});
afterEach(async () => {
  await host.close();
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

function rpc(): ContractRouterClient<Contract> {
  return createORPCClient(new RPCLink({ url: `${url}/rpc` }));
}

const form = (parts: [string, string | Blob, string?][]) => {
  const data = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, fileName);
  }
  return data;
};
const errorOf = async (answer: Response) => z.looseObject({ code: z.string() }).parse(await answer.json());
const png = async () => new Blob([await testPng()], { type: "image/png" });
const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1${path}`, { method: "POST", body, headers });

describe("calls", () => {
  it("match a picture over plain HTTP, with an object as JSON or in brackets", async () => {
    const region = { x: 0.1, y: 0.2, width: 0.5, height: 0.5 };
    const json = await post(
      "/match",
      form([
        ["picture", await png(), "q.png"],
        ["region", JSON.stringify(region)],
      ]),
    );
    expect(json.status).toBe(200);
    expect(await json.json()).toMatchObject({ verdict: "match", warnings: [JSON.stringify(region)] });
    const brackets = Object.entries(region).map(([key, value]): [string, string] => [`region[${key}]`, String(value)]);
    const other = await post("/match", form([["picture", await png(), "q.png"], ...brackets, ["top", "3"]]));
    expect(await other.json()).toMatchObject({ warnings: [JSON.stringify(region)] });
  });

  it("match over /rpc, whole and as a stream", async () => {
    const picture = new File([await testPng()], "q.png", { type: "image/png" });
    const stages = [];
    for await (const result of await rpc().match.stream({ picture })) stages.push(result.stage);
    expect(stages).toEqual(["visual", "refined"]);
    expect((await rpc().match.picture({ picture })).picture).toMatchObject({ width: 8, format: "png" });
  });

  it("stream as server-sent events over plain HTTP", async () => {
    const text = await (await post("/match/stream", form([["picture", await png(), "q.png"]]))).text();
    expect(text.match(/^event: message$/gm)?.length).toBe(2);
    expect(text).toContain('"stage":"refined"');
  });

  it("errors have exactly four keys over plain HTTP, and are typed over /rpc", async () => {
    const answer = await fetch(`${url}/api/v1/products/gone`);
    expect(answer.status).toBe(404);
    const body = await errorOf(answer);
    expect(Object.keys(body).sort()).toEqual(["code", "details", "message", "retryable"]);
    expect(body.code).toBe("PRODUCT_NOT_FOUND");
    await expect(rpc().catalog.get({ sku: "gone" })).rejects.toMatchObject({
      defined: true,
      code: "PRODUCT_NOT_FOUND",
    });
    const picture = new File(["no picture"], "q.png");
    await expect(rpc().match.picture({ picture })).rejects.toMatchObject({ code: "IMAGE_UNREADABLE", status: 422 });
  });

  it.each([
    ["/match/text", '{"text": ', "application/json"],
    ["/match/text", '"just a string"', "application/json"],
    ["/match/text", "{}", "application/json"],
    ["/match/text", "text=", "application/x-www-form-urlencoded"],
    ["/match/text", "\u0000\u0001", "application/octet-stream"],
    ["/match", "no form", "multipart/form-data; boundary=x"],
    ["/match", "no boundary", "multipart/form-data"],
    [
      "/match",
      '--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\nhalf',
      "multipart/form-data; boundary=x",
    ],
    [
      "/match",
      '--x\r\nContent-Disposition: form-data; name="picture"\r\n\r\nno file\r\n--x--\r\n',
      "multipart/form-data; boundary=x",
    ],
    ["/match", "--x--\r\n", "multipart/form-data; boundary=x"],
  ])("broken bodies are INVALID_INPUT: %s %j as %s", async (path, body, type) => {
    const answer = await post(path, body, { "content-type": type });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "INVALID_INPUT", retryable: false });
  });

  it("broken bodies are INVALID_INPUT over /rpc too", async () => {
    for (const [type, body] of [
      ["application/json", "{"],
      ["multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{\r\n--x--\r\n'],
    ] as const) {
      const answer = await fetch(`${url}/rpc/match/text`, { method: "POST", body, headers: { "content-type": type } });
      expect(z.object({ json: z.unknown() }).parse(await answer.json()).json).toMatchObject({
        defined: true,
        code: "INVALID_INPUT",
      });
    }
  });

  it("a picture that is sent bare is told how to travel", async () => {
    const answer = await fetch(`${url}/api/v1/match`, {
      method: "POST",
      body: await testPng(),
      headers: { "content-type": "image/png" },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/image\/png.*multipart\/form-data/),
    });
  });

  it("a method that no request can have is no error of the app", async () => {
    const answer = await rawRequest(`${url}/api/v1/products`, { method: "TRACE" });
    expect(answer.status).toBe(405);
  });

  it("times may come with an offset", async () => {
    const since = encodeURIComponent("2027-01-31T10:00:00+01:00");
    expect((await fetch(`${url}/api/v1/journal?since=${since}`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/runs?before=${since}`)).status).toBe(200);
  });

  it("an unknown call is said in the same form", async () => {
    const answer = await fetch(`${url}/api/v1/nothing`);
    expect(answer.status).toBe(404);
    expect((await errorOf(answer)).code).toBe("INVALID_INPUT");
    const wrongMethod = await fetch(`${url}/api/v1/match`, { method: "PUT", body: "{}" });
    expect(wrongMethod.status).toBe(404);
  });

  it("a client that leaves cancels its match", async () => {
    const stop = new AbortController();
    const waiting = fetch(`${url}/api/v1/match/text`, {
      method: "POST",
      body: '{"text":"wait"}',
      headers: { "content-type": "application/json" },
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 200);
    await expect(waiting).rejects.toThrow();
    await vi.waitFor(() => expect(engine.cancelled()).toBe(1), 3000);
    const picture = form([
      ["picture", await png(), "q.png"],
      ["text", "wait"],
    ]);
    const again = new AbortController();
    const streaming = await fetch(`${url}/api/v1/match/stream`, {
      method: "POST",
      body: picture,
      signal: again.signal,
    });
    again.abort();
    await expect(streaming.text()).rejects.toThrow();
    await vi.waitFor(() => expect(engine.cancelled()).toBe(2), 3000);
  });

  it("`journal.follow` ends with its reader", async () => {
    const stop = new AbortController();
    const lines = await rpc().journal.follow({ component: "test" }, { signal: stop.signal });
    setTimeout(() => {
      const line = {
        time: Date.now(),
        level: "info",
        component: "test",
        runId: null,
        message: "hello",
        data: null,
      } as const;
      engine.services.journal.log(line);
    }, 100);
    expect((await lines.next()).value).toMatchObject({ message: "hello" });
    stop.abort();
    await expect(lines.next()).rejects.toThrow();
  });
});

describe("uploads", () => {
  it("a picture over the limit is refused by name", async () => {
    const answer = await post("/match", form([["picture", new Blob([Buffer.alloc(100_001)]), "big.jpg"]]));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      code: "UPLOAD_TOO_LARGE",
      message: expect.stringContaining("big.jpg"),
    });
    const picture = new File([Buffer.alloc(100_001)], "big.jpg");
    await expect(rpc().match.picture({ picture })).rejects.toMatchObject({ code: "UPLOAD_TOO_LARGE", status: 413 });
  });

  it("is refused while it still comes in, not after", async () => {
    const head = '--x\r\nContent-Disposition: form-data; name="picture"; filename="endless.jpg"\r\n\r\n';
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.write(
      `POST /api/v1/match HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
    socket.write(chunk(head));
    for (let i = 0; i < 3; i++) socket.write(chunk("x".repeat(50_000)));
    // The body has no end: only a server that counts as it reads can answer.
    await vi.waitFor(() => expect(answer).toContain("UPLOAD_TOO_LARGE"), 3000);
    expect(answer).toContain("HTTP/1.1 413");
    socket.destroy();
  });

  it("many small files are not a way around", async () => {
    const part = '--x\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n';
    async function* endless() {
      for (;;) yield Buffer.from(`${part}${"x".repeat(50_000)}\r\n`);
    }
    const answer = await fetch(`${url}/api/v1/match`, {
      method: "POST",
      body: ReadableStream.from(endless()),
      duplex: "half",
      headers: { "content-type": "multipart/form-data; boundary=x" },
    });
    expect(answer.status).toBe(413);
    expect((await errorOf(answer)).code).toBe("UPLOAD_TOO_LARGE");
  });

  it("an announced length over the limit is refused at once", async () => {
    const answer = await rawRequest(`${url}/api/v1/match/text`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": String(10_000_000), expect: "100-continue" },
    }).catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 413 });
  });

  it("an import is spooled to disk and left nowhere", async () => {
    const csv = new Blob(["sku\na\n"]);
    const one = await post("/imports", form([["files", csv, "products.csv"]]));
    expect(one.status).toBe(202);
    const folder = form([
      ["files", csv, "a.jpg"],
      ["files", csv, "b.jpg"],
      ["paths", "shop/SKU-1/a.jpg"],
      ["paths", "shop/SKU-2/b.jpg"],
    ]);
    expect(await (await post("/imports", folder)).json()).toMatchObject({ source: "shop", products: 2 });
    expect((await rpc().imports.start({ files: [new File(["x"], "c.zip")] })).source).toBe("c.zip");
    expect(engine.imported.map(({ files }) => files)).toEqual([
      ["products.csv"],
      [join("SKU-1", "a.jpg"), join("SKU-2", "b.jpg")],
      ["c.zip"],
    ]);
    expect(readdirSync(join(dataFolder, "uploads"))).toEqual([]);
  });

  it("a refused import leaves nothing behind either", async () => {
    const files = (name: string, bytes = 1) => form([["files", new Blob([Buffer.alloc(bytes)]), name]]);
    expect((await post("/imports", files("refuse.csv"))).status).toBe(409);
    expect((await post("/imports", files("big.zip", 600_000))).status).toBe(413);
    const climbing = form([
      ["files", new Blob(["x"]), "a"],
      ["paths", "../../a"],
    ]);
    expect((await post("/imports", climbing)).status).toBe(400);
    expect(existsSync(join(dataFolder, "a"))).toBe(false);
    expect(readdirSync(join(dataFolder, "uploads"))).toEqual([]);
  });

  it("several pictures make a product", async () => {
    const body = form([
      ["sku", "a"],
      ["name", "Apple"],
      ["pictures", await png(), "1.png"],
      ["pictures", await png(), "2.png"],
    ]);
    const answer = await post("/products", body);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ description: "1.png,2.png" });
  });
});

it("pictures come as their bytes, once", async () => {
  const picture = await testPicture(1);
  const draft = { sku: "a", name: "A", category: "", price: null, currency: null, brand: "", barcode: null };
  await engine.services.catalog.create({ ...draft, description: "", attributes: {} }, [picture]);
  const path = `${url}/api/v1/pictures/${picture.hash}`;
  const first = await fetch(path);
  expect(first.headers.get("content-type")).toBe("image/jpeg");
  expect(first.headers.get("cache-control")).toContain("immutable");
  expect(Buffer.from(await first.arrayBuffer()).equals(picture.bytes)).toBe(true);
  const etag = first.headers.get("etag") ?? "";
  expect((await fetch(path, { headers: { "if-none-match": etag } })).status).toBe(304);
  const thumbnail = await fetch(`${path}?size=thumbnail`, { headers: { "if-none-match": etag } });
  expect([thumbnail.status, thumbnail.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  const missing = await fetch(`${url}/api/v1/pictures/${"0".repeat(64)}`);
  expect([missing.status, missing.headers.get("cache-control")]).toEqual([404, "no-store"]);
});

describe("pages", () => {
  it("are the renderer's, with every address falling back to the index", async () => {
    const index = await fetch(`${url}/`);
    expect(index.headers.get("cache-control")).toBe("no-cache");
    expect(await index.text()).toContain("Shelfmatch");
    expect(await (await fetch(`${url}/catalogue/some-product`)).text()).toContain("Shelfmatch");
    const etag = index.headers.get("etag") ?? "";
    expect((await fetch(`${url}/`, { headers: { "if-none-match": etag } })).status).toBe(304);
    const asset = await fetch(`${url}/assets/main-1a2b.js`);
    expect(asset.headers.get("cache-control")).toContain("immutable");
    expect(asset.headers.get("content-type")).toContain("javascript");
  });

  it.each([
    "/../journal/journal.sqlite",
    "/%2e%2e/journal/journal.sqlite",
    "/assets/..%2f..%2fconfig.json",
    "/.env",
    "/none.js",
  ])("nothing beside them is served: %s", async (path) => {
    writeFileSync(join(dataFolder, "config.json"), "{}");
    const { port } = new URL(url);
    const answer = await rawRequest(url, { headers: { host: `localhost:${port}` } });
    expect(answer.status).toBe(200);
    const raw = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1");
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text));
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    expect(raw).toMatch(/^HTTP\/1.1 (400|404)/);
  });
});

it("counts what goes on", async () => {
  await post("/match", form([["picture", await png(), "q.png"]]));
  await fetch(`${url}/api/v1/products/gone`);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toMatch(/^shelfmatch_verdicts_total\{verdict="match"\} 1$/m);
  expect(text).toMatch(/^shelfmatch_match_seconds_count\{stage="total"\} 1$/m);
  expect(text).toMatch(/^shelfmatch_calls_total\{door="api",call="catalog.get",outcome="PRODUCT_NOT_FOUND"\} 1$/m);
  expect(text).toMatch(/^shelfmatch_queue_length\{queue="match"\} 0$/m);
  expect(text).toMatch(/^shelfmatch_products\{state="pending"\} 0$/m);
  expect(text).toContain("process_resident_memory_bytes");
});

it("says whether it is ready", async () => {
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ready" });
});

it("names the port that is taken", async () => {
  const port = Number(new URL(url).port);
  const config = await loadConfig({ dataFolder });
  await expect(startWebHost({ services: engine.services, config, version: "0", port })).rejects.toMatchObject({
    code: "SETTINGS_INVALID",
    message: expect.stringMatching(new RegExp(`${port} is taken.*npm start -- --port`)),
  });
});

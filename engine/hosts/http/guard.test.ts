import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { rawRequest } from "../testing/http.ts";
import { openTestServices, type TestServices } from "../testing/services.ts";
import { startWebHost, type WebHost } from "./server.ts";

/** Who gets in: names, origins, tokens. */

let dataFolder: string;
let engine: TestServices;
let host: WebHost;
const TOKEN = "a-token-of-the-house";
const ENGINE_TOKEN = "the-engines-own-token";

async function start(overrides: Record<string, unknown> = {}): Promise<WebHost> {
  const config = await loadConfig({ dataFolder, overrides: { "server.port": 0, ...overrides } });
  host = await startWebHost({ services: engine.services, config, version: "0.1.0", engineToken: ENGINE_TOKEN });
  return host;
}

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-guard-"));
  engine = await openTestServices(dataFolder);
});
afterEach(async () => {
  await host?.close();
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

describe("names and origins", () => {
  it.each(["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5"])(
    "refuses the host name %j",
    async (name) => {
      const { url } = await start();
      const answer = await rawRequest(`${url}/api/v1/products`, { headers: { host: name } });
      expect([400, 403]).toContain(answer.status);
      expect(answer.body).not.toContain("items");
    },
  );

  it("answers to loopback names and to the ones that the settings allow", async () => {
    const { url } = await start({ "server.allowedHosts": ["till.example"] });
    for (const name of ["127.0.0.1", "localhost:7860", "LOCALHOST", "[::1]:80", "till.example", "till.example:443"]) {
      expect((await rawRequest(`${url}/healthz`, { headers: { host: name } })).status, name).toBe(200);
    }
  });

  it.each([
    ["POST", { origin: "https://evil.example" }],
    ["POST", { origin: "null" }],
    ["POST", { origin: "http://127.0.0.1:1" }],
    ["POST", { "sec-fetch-site": "cross-site" }],
    ["POST", { "sec-fetch-site": "same-site" }],
    ["GET", { origin: "https://evil.example" }],
    ["GET", { "sec-fetch-site": "cross-site" }],
    ["GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
  ])("refuses a %s of another site's page (%j)", async (method, headers) => {
    const { url } = await start();
    const body = method === "POST" ? '{"text":"boots"}' : undefined;
    const path = method === "POST" ? "/api/v1/match/text" : "/api/v1/products";
    const answer = await rawRequest(url + path, {
      method,
      headers: { ...headers, "content-type": "text/plain" },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body).code).toBe("FORBIDDEN");
  });

  it("lets its own page in, and a link to a page", async () => {
    const { url } = await start();
    const own = await rawRequest(`${url}/api/v1/products`, {
      headers: { origin: url, "sec-fetch-site": "same-origin" },
    });
    expect(own.status).toBe(200);
    const link = await rawRequest(`${url}/api/docs`, {
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    });
    expect(link.status).toBe(200);
    const call = await rawRequest(`${url}/rpc/system/health`, {
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    });
    expect(call.status).toBe(403);
  });
});

describe("tokens", () => {
  it("refuses to listen for other machines without one", async () => {
    await expect(start({ "server.host": "0.0.0.0" })).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining("server.token"),
    });
    host = await startWebHost({
      services: engine.services,
      config: await loadConfig({ dataFolder }),
      version: "0",
      port: 0,
    });
  });

  it("listens for other machines with one, and asks for it", async () => {
    const { url } = await start({ "server.host": "0.0.0.0", "server.token": TOKEN });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const refused = await fetch(`${url}/api/v1/products`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(await refused.json()).toEqual({
      code: "UNAUTHORIZED",
      message: expect.any(String),
      retryable: false,
      details: {},
    });
  });

  it("takes it from a file too, and refuses one that is missing or too short", async () => {
    const file = join(dataFolder, "token");
    const settings = { "server.host": "0.0.0.0", "server.tokenFile": file };
    await expect(start(settings)).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringMatching(file),
    });
    writeFileSync(file, "too short\n");
    await expect(start(settings)).rejects.toThrow(/16 characters or more/);
    writeFileSync(file, `${TOKEN}\n`);
    const { url } = await start(settings);
    expect((await fetch(`${url}/api/v1/products`)).status).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${url}/api/v1/products`, { headers })).status).toBe(200);
  });

  it.each(["/api/v1/products", "/rpc/catalog/list", "/metrics", `/api/v1/pictures/${"0".repeat(64)}`])(
    "%s wants the right one",
    async (path) => {
      const { url } = await start({ "server.token": TOKEN });
      const method = path.startsWith("/rpc") ? "POST" : "GET";
      const status = async (authorization?: string) =>
        (await fetch(url + path, { method, ...(authorization === undefined ? {} : { headers: { authorization } }) }))
          .status;
      expect(await status()).toBe(401);
      expect(await status("Bearer wrong-token-wrong-token")).toBe(401);
      expect(await status(`Basic ${TOKEN}`)).toBe(401);
      expect(await status(`Bearer ${TOKEN}`)).not.toBe(401);
      expect(await status(`Bearer ${ENGINE_TOKEN}`)).not.toBe(401);
    },
  );

  it("a wrong token is refused even where none is asked", async () => {
    const { url } = await start();
    expect((await fetch(`${url}/api/v1/products`, { headers: { authorization: "Bearer stale" } })).status).toBe(401);
  });

  it("signs a browser in with a cookie that scripts and other sites can't use, and that ends with the token", async () => {
    const { url } = await start({ "server.token": TOKEN });
    const page = await fetch(`${url}/`, { redirect: "manual" });
    expect([page.status, page.headers.get("location")]).toEqual([302, "/login"]);
    const form = (token: string) =>
      fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ token }), redirect: "manual" });
    expect((await form("wrong")).status).toBe(401);
    const signedIn = await form(TOKEN);
    expect(signedIn.status).toBe(303);
    const cookie = signedIn.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(TOKEN);
    const [pair = ""] = cookie.split(";");
    const status = async (value: string) =>
      (await fetch(`${url}/api/v1/products`, { headers: { cookie: value } })).status;
    expect(await status(pair)).toBe(200);
    expect(await status(`${pair}x`)).toBe(401);
    const [, mac] = pair.split(".");
    expect(await status(`shelfmatch_session=99999999999.${mac}`)).toBe(401);
    await host.close();
    await start({ "server.token": "another-token-of-the-house" });
    expect((await fetch(`${host.url}/api/v1/products`, { headers: { cookie: pair } })).status).toBe(401);
  });

  it("only the engine's own token makes a caller local", async () => {
    const { url } = await start({ "server.token": TOKEN });
    const importing = (token: string) =>
      fetch(`${url}/api/v1/imports/path`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ path: dataFolder }),
      });
    expect((await importing(TOKEN)).status).toBe(403);
    expect(engine.imported).toEqual([]);
    expect((await importing(ENGINE_TOKEN)).status).toBe(202);
  });
});

it("sends headers that bound what a page can do", async () => {
  const { url } = await start();
  const headers = async (path: string) => (await fetch(url + path)).headers;
  expect((await headers("/")).get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
  expect((await headers("/api/v1/products")).get("content-security-policy")).toContain("sandbox");
  for (const path of ["/", "/api/docs", "/api/v1/products", "/healthz", "/nothing.js"]) {
    const sent = await headers(path);
    expect(sent.get("x-content-type-options"), path).toBe("nosniff");
    expect(sent.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
    expect(sent.get("content-security-policy"), path).not.toMatch(/script-src[^;]*'unsafe-/);
  }
});

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { openTestServices, type TestServices, testPng } from "../testing/services.ts";
import { startWebHost, type WebHost } from "./server.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

let dataFolder: string;
let engine: TestServices;
let host: WebHost;

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-docs-"));
  engine = await openTestServices(dataFolder);
  const config = await loadConfig({ dataFolder, overrides: { "server.port": 0 } });
  host = await startWebHost({ services: engine.services, config, version: "0.1.0" });
});
afterAll(async () => {
  await host.close();
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

it("serves nothing of its package but what the page needs", async () => {
  expect((await fetch(`${host.url}/api/docs/swagger-ui.css`)).status).toBe(200);
  for (const name of ["package.json", "swagger-ui.js.map", "..%2fpackage.json", "toString"]) {
    expect((await fetch(`${host.url}/api/docs/${name}`)).status, name).toBe(404);
  }
});

it.skipIf(executablePath === undefined)(
  "reads and tries the API in a browser, under its policy and without asking anybody else",
  async () => {
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ["--no-sandbox", "--disable-quic"],
    });
    try {
      const page = await browser.newPage();
      // The document grows with the contract, and others may work beside the browser.
      page.setDefaultTimeout(60_000);
      const said: string[] = [];
      const asked: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") said.push(message.text());
      });
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("request", (request) => asked.push(request.url()));
      // Many operations are drawn only where one looks: each is gone to by its address.
      await page.goto(`${host.url}/api/docs#/system/system.health`);
      const statusOf = (operation: Locator) => operation.locator("tbody .response-col_status").first().textContent();
      const health = page.locator('[id$=".health"]');
      await health.getByRole("button", { name: "Execute" }).click();
      await expect.poll(() => statusOf(health)).toContain("200");
      await page.goto("about:blank");
      await page.goto(`${host.url}/api/docs#/match/match.picture`);
      const match = page.locator('[id^="operations-match-"][id$=".picture"]');
      const buffer = Buffer.from(await testPng());
      await match.locator("input[type=file]").setInputFiles({ name: "q.png", mimeType: "image/png", buffer });
      await match.getByRole("button", { name: "Execute" }).click();
      await expect.poll(() => match.locator(".live-responses-table").textContent()).toContain('"verdict": "match"');
      expect(said).toEqual([]);
      expect(asked.filter((url) => !url.startsWith(host.url) && !/^(data|blob):/.test(url))).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  120_000,
);

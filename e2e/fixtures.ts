import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { type Host, startHost } from "./host.ts";
import { MatchPage } from "./match-page.ts";

interface Fixtures {
  /** Whether the sample catalogue is there. */
  seeded: boolean;
  dataFolder: string;
  /** Variables of the web host, over those of the tests. */
  hostEnv: Record<string, string>;
  host: Host;
  /** What the browser's console must not say; a test that provokes an error adds what it expects. */
  allowedErrors: RegExp[];
  match: MatchPage;
}

/** The one owner of a web host: a fresh data folder, its log with a failed test, and a sure close. */
export const test = base.extend<Fixtures>({
  seeded: [true, { option: true }],

  hostEnv: [{}, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  allowedErrors: async ({}, use) => use([]),

  dataFolder: async ({ seeded }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "shelfmatch-e2e-"));
    const seed = process.env.SHELFMATCH_E2E_SEED;
    if (seeded) {
      if (seed === undefined) throw new Error("global-setup.ts did not run");
      cpSync(seed, folder, { recursive: true });
    }
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },

  host: async ({ dataFolder, hostEnv }, use, info) => {
    const host = await startHost(dataFolder, { env: hostEnv });
    await use(host);
    await host.close();
    if (info.status !== info.expectedStatus) await info.attach("host.log", { body: host.log() });
  },

  baseURL: async ({ host }, use) => use(host.url),

  page: async ({ page, allowedErrors }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("request", (request) => {
      if (!/^(http:\/\/127\.0\.0\.1|blob:|data:)/.test(request.url())) errors.push(`outside request: ${request.url()}`);
    });
    await use(page);
    expect(errors.filter((error) => !allowedErrors.some((allowed) => allowed.test(error)))).toEqual([]);
  },

  match: async ({ page }, use) => use(new MatchPage(page)),
});

export { expect };

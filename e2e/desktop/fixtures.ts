import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { MatchPage } from "../match-page.ts";
import { type Desktop, type DesktopOptions, startDesktop } from "./desktop.ts";

interface Fixtures {
  /** Whether the sample catalogue is there already. */
  seeded: boolean;
  dataFolder: string;
  /** Switches and files of the start. */
  args: string[];
  /** Starts one more; each is closed with the test. */
  start: (options?: Partial<DesktopOptions>) => Promise<Desktop>;
  desktop: Desktop;
  match: MatchPage;
  /** What the page's console must not say; a test that provokes an error adds what it expects. */
  allowedErrors: RegExp[];
}

/** The one owner of the app: a fresh data folder, its logs with a failed test, and a sure close. */
export const test = base.extend<Fixtures>({
  seeded: [true, { option: true }],

  args: [[], { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  allowedErrors: async ({}, use) => use([]),

  dataFolder: async ({ seeded }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "shelfmatch-desktop-"));
    const seed = process.env.SHELFMATCH_E2E_SEED;
    if (seeded) {
      if (seed === undefined) throw new Error("global-setup.ts did not run");
      cpSync(seed, folder, { recursive: true });
    }
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },

  start: async ({ dataFolder, args, allowedErrors }, use, info) => {
    const started: Desktop[] = [];
    const errors: string[] = [];
    await use(async (options = {}) => {
      const desktop = await startDesktop({ dataFolder, args, ...options });
      started.push(desktop);
      desktop.page.on("pageerror", (error) => errors.push(error.message));
      desktop.page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      return desktop;
    });
    for (const desktop of started) {
      if (info.status !== info.expectedStatus) await info.attach("logs", { body: desktop.logs() });
      await desktop.close();
    }
    expect(errors.filter((error) => !allowedErrors.some((allowed) => allowed.test(error)))).toEqual([]);
  },

  desktop: async ({ start }, use) => use(await start()),

  match: async ({ desktop }, use) => use(new MatchPage(desktop.page)),
});

export { expect };

import { defineConfig } from "@playwright/test";

/** The desktop app in a real Electron; `scripts/setup/desktop-suite.mjs` finds it, and a display. */
export default defineConfig({
  testDir: "e2e/desktop",
  outputDir: "test-results/desktop",
  globalSetup: "./e2e/desktop/global-setup.ts",
  // Windows of one display share its focus and its clipboard.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
});

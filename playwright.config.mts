import { defineConfig } from "@playwright/test";
import { chromiumPath, chromiumSwitches } from "./e2e/chromium.ts";

export default defineConfig({
  testDir: "e2e",
  projects: [
    { name: "main", testIgnore: ["desktop/**", "pages/**", "stack/**"] },
    { name: "pages", testMatch: "pages/**/*.spec.ts" },
    // On real servers, which each file starts for itself.
    { name: "stack", testMatch: "stack/**/*.spec.ts" },
  ],
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  // Every host runs encoders of its own: more than two would only wait for each other.
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: { executablePath: chromiumPath(), args: chromiumSwitches() },
  },
});

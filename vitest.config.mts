import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{shared,engine,scripts}/**/*.test.ts", "renderer/**/*.test.{ts,tsx}"],
    // Two cores: engines with encoder threads in every file at once would only wait for each other.
    maxWorkers: 2,
    // Suites that load an encoder by itself report as little to its makers as the engine does.
    env: { ORT_DISABLE_TELEMETRY: "1" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

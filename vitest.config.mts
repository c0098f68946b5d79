import { defineConfig } from "vitest/config";

/**
 * Suites that stop, slow and starve real servers, run the whole engine on them, or what only other callers of them use:
 * minutes, by `npm run test:stack`.
 */
export const STACK_SUITES = [
  "engine/**/faults.test.ts",
  "engine/lib/mongo/{connection,rights}.test.ts",
  "engine/index/reembedding.test.ts",
  "engine/move/move-profiles.test.ts",
  "engine/encode/triton/{ensembles,exported,examples}.test.ts",
  "engine/stack.test.ts",
];

export const settings = {
  // Two cores: engines with encoder threads in every file at once would only wait for each other.
  maxWorkers: 2,
  // Suites that load an encoder by itself report as little to its makers as the engine does.
  env: { ORT_DISABLE_TELEMETRY: "1" },
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    ...settings,
    include: ["{shared,engine,scripts,electron}/**/*.test.ts", "renderer/**/*.test.{ts,tsx}"],
    exclude: ["node_modules/**", ...STACK_SUITES],
  },
});

import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:docker`: what can be known of the stack without a container engine. */
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    include: ["docker/**/*.test.ts"],
    maxWorkers: 2,
    env: { ORT_DISABLE_TELEMETRY: "1" },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

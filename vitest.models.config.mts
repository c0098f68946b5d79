import { defineConfig } from "vitest/config";
import { settings } from "./vitest.config.mts";

/** What the engine does with encoders that `triton/` makes of published networks: by `npm run test:models`. */
export default defineConfig({ test: { ...settings, include: ["engine/**/*.modeltest.ts"] } });

import { defineConfig } from "vitest/config";
import { STACK_SUITES, settings } from "./vitest.config.mts";

export default defineConfig({ test: { ...settings, include: STACK_SUITES } });

import { defaultConfig } from "../../../shared/config.ts";

/** The settings of a test's Qdrant: the defaults, but for what is said. */
export const testSettings = (settings: Partial<(typeof defaultConfig)["qdrant"]>) => ({
  ...defaultConfig.qdrant,
  ...settings,
});

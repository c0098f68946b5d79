import type { Config } from "../../shared/config.ts";
import { defaultConfig } from "../../shared/config.ts";

/** Settings by dotted path (`match.readText`): the configuration is sections of settings, two levels and no more. */

export type Sections = Record<string, Record<string, unknown>>;

/** Every setting there is. */
export const SETTING_PATHS: readonly string[] = Object.entries(defaultConfig).flatMap(([section, settings]) =>
  Object.keys(settings).map((key) => `${section}.${key}`),
);

export function getSetting(config: Config | Sections, path: string): unknown {
  const [section = "", key = ""] = path.split(".");
  return (config as Sections)[section]?.[key];
}

/** @returns a copy with the setting in place */
export function withSetting(sections: Sections, path: string, value: unknown): Sections {
  const [section = "", key = ""] = path.split(".");
  return { ...sections, [section]: { ...sections[section], [key]: value } };
}

/** @returns a copy without the setting, and without its section where it was the last one */
export function withoutSetting(sections: Sections, path: string): Sections {
  const [section = "", key = ""] = path.split(".");
  const { [section]: settings = {}, ...others } = sections;
  const { [key]: _, ...rest } = settings;
  return Object.keys(rest).length === 0 ? others : { ...others, [section]: rest };
}

/** What is set up once, when the engine starts: the rest applies while it runs. */
const AT_START = new Set(["server", "encoder", "describer", "parts", "triton", "qdrant", "mongo", "chroma"]);

export function needsRestart(path: string): boolean {
  return AT_START.has(path.split(".")[0] ?? "");
}

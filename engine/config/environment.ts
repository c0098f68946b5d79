import { defaultConfig } from "../../shared/config.ts";
import { getSetting, SETTING_PATHS } from "./setting-paths.ts";

/** Variables that mean something else than a setting. */
const OTHERS = new Set(["SHELFMATCH_DATA"]);

/** `match.readText` is SHELFMATCH_MATCH_READ_TEXT. */
export function variableOf(path: string): string {
  const words = path.replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll(".", "_");
  return `SHELFMATCH_${words.toUpperCase()}`;
}

/**
 * Settings that the environment gives, by dotted path; lists come comma separated.
 * @returns also the SHELFMATCH_ variables that name no setting: a slip that would otherwise go unnoticed
 */
export function settingsFromEnvironment(env: Readonly<Record<string, string | undefined>>): {
  settings: Record<string, unknown>;
  unknown: string[];
} {
  const settings: Record<string, unknown> = {};
  const known = new Set(OTHERS);
  for (const path of SETTING_PATHS) {
    const variable = variableOf(path);
    known.add(variable);
    const text = env[variable];
    if (text === undefined || text === "") continue;
    const isList = Array.isArray(getSetting(defaultConfig, path));
    settings[path] = isList
      ? text
          .split(",")
          .map((item) => item.trim())
          .filter((item) => item !== "")
      : text;
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith("SHELFMATCH_") && !known.has(name));
  return { settings, unknown };
}

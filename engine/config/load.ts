import { join } from "node:path";
import type { Config } from "../../shared/config.ts";
import { configSchema, defaultConfig } from "../../shared/config.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { settingsFromEnvironment, variableOf } from "./environment.ts";
import { readConfigFile, writeConfigFile } from "./file.ts";
import { assertGuarded } from "./loopback.ts";
import type { Sections } from "./setting-paths.ts";
import { getSetting, needsRestart, SETTING_PATHS, withoutSetting, withSetting } from "./setting-paths.ts";

export interface LoadOptions {
  dataFolder: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** The command line's, by dotted path; they win over everything. */
  overrides?: Readonly<Record<string, unknown>>;
}

/** The configuration of a running engine. */
export interface LoadedConfig {
  readonly dataFolder: string;
  /** As it is now: what was loaded, and every change since. */
  readonly current: Config;
  /** Dotted paths that the command line or the environment gives: not editable. */
  readonly fixed: readonly string[];
  /** Where each of them is given, in words. */
  readonly origins: Readonly<Record<string, string>>;
  /** Dotted paths that were changed since the start and apply at the next one. */
  readonly restart: readonly string[];
  /** Environment variables that look like settings and name none. */
  readonly unknownVariables: readonly string[];
  /**
   * Changes settings by dotted path and keeps them in `config.json`; all of them or none. What is set to its default is
   * left out there, so that it follows the defaults of later versions.
   * @throws ShelfmatchError SETTINGS_INVALID, DISK_FULL
   */
  update(changes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Calls with the new configuration after each change; @returns how to stop that. */
  onChange(listener: (config: Config) => void): () => void;
}

interface Fixed {
  values: Record<string, unknown>;
  /** Where each comes from, in words. */
  origin: (path: string) => string;
}

function merge(sections: Sections, fixed: Fixed, file: string): Config {
  let merged = sections;
  for (const [path, value] of Object.entries(fixed.values)) merged = withSetting(merged, path, value);
  const result = configSchema.safeParse(merged);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.slice(0, 2).join(".");
    const unknown = issue.code === "unrecognized_keys" ? ` (${issue.keys.join(", ")})` : "";
    const origin = Object.hasOwn(fixed.values, path) ? fixed.origin(path) : file;
    return { path, origin, reason: `${issue.message}${unknown}` };
  });
  const text = problems.map(({ path, origin, reason }) => `${path || "the whole"} in ${origin}: ${reason}`).join("; ");
  throw new ShelfmatchError("SETTINGS_INVALID", `These settings can't be used: ${text}. Correct them there.`, {
    details: { problems },
  });
}

/** @throws ShelfmatchError SETTINGS_INVALID; a broken file is never silently replaced by defaults */
export async function loadConfig({ dataFolder, env = {}, overrides = {} }: LoadOptions): Promise<LoadedConfig> {
  const file = join(dataFolder, "config.json");
  const fromEnvironment = settingsFromEnvironment(env);
  const fixed: Fixed = {
    values: { ...fromEnvironment.settings, ...overrides },
    origin: (path) => (Object.hasOwn(overrides, path) ? "the command line" : `the variable ${variableOf(path)}`),
  };
  const atStart = merge(await readConfigFile(file), fixed, file);
  const listeners = new Set<(config: Config) => void>();
  let current = atStart;
  let queue: Promise<void> = Promise.resolve();

  async function update(changes: Readonly<Record<string, unknown>>): Promise<void> {
    for (const path of Object.keys(changes)) {
      if (!SETTING_PATHS.includes(path)) {
        const message = `There is no setting "${path}". The settings are: ${SETTING_PATHS.join(", ")}.`;
        throw new ShelfmatchError("SETTINGS_INVALID", message, { details: { path } });
      }
      if (Object.hasOwn(fixed.values, path)) {
        const message = `The setting "${path}" is given by ${fixed.origin(path)}: change it there.`;
        throw new ShelfmatchError("SETTINGS_INVALID", message, { details: { path } });
      }
    }
    // Read again: somebody may have edited the file by hand since the start.
    let sections = await readConfigFile(file);
    for (const [path, value] of Object.entries(changes)) {
      const isDefault = JSON.stringify(value) === JSON.stringify(getSetting(defaultConfig, path));
      sections = isDefault ? withoutSetting(sections, path) : withSetting(sections, path, value);
    }
    const next = merge(sections, fixed, "the change");
    assertGuarded(next.server);
    await writeConfigFile(file, sections);
    current = next;
    for (const listener of listeners) listener(current);
  }

  return {
    dataFolder,
    get current() {
      return current;
    },
    fixed: Object.keys(fixed.values),
    origins: Object.fromEntries(Object.keys(fixed.values).map((path) => [path, fixed.origin(path)])),
    get restart() {
      const differs = (path: string) =>
        JSON.stringify(getSetting(atStart, path)) !== JSON.stringify(getSetting(current, path));
      return SETTING_PATHS.filter((path) => needsRestart(path) && differs(path));
    },
    unknownVariables: fromEnvironment.unknown,
    update(changes) {
      const done = queue.then(() => update(changes));
      queue = done.catch(() => {});
      return done;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

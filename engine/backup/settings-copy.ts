import { join } from "node:path";
import { configSchema } from "../../shared/config.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { readConfigFile, writeConfigFile } from "../config/file.ts";
import { assertGuarded } from "../config/loopback.ts";
import type { Sections } from "../config/setting-paths.ts";

/** Settings on their way into a backup, and back. */

/** The password of a connection string, which has no place there and may be there all the same. */
const PASSWORD = /^([a-z+]+:\/\/[^:/@]*):[^/]*@/i;
const withoutPassword = (value: unknown) => (typeof value === "string" ? value.replace(PASSWORD, "$1@") : value);

/** @returns a copy without secrets */
export function withoutSecrets(sections: Sections): Sections {
  const copy = structuredClone(sections);
  if (copy.server !== undefined) delete copy.server.token;
  for (const settings of Object.values(copy)) {
    for (const [name, value] of Object.entries(settings)) {
      settings[name] = withoutPassword(value);
    }
  }
  return copy;
}

/**
 * The settings of a backup as they apply on this machine: where its web host listens, and its token, stay as they are.
 * One that would be open to other machines without a token listens to this machine only.
 */
export function mergeSettings(restored: Sections, present: Sections): { sections: Sections; notes: string[] } {
  /** An address that is the same but for its password is the one that is here. */
  const settled = Object.entries(restored).map(([section, settings]) => {
    const pairs = Object.entries(settings).map(([name, value]) => {
      const here = present[section]?.[name];
      return [name, here !== undefined && withoutPassword(here) === value ? here : value];
    });
    return [section, Object.fromEntries(pairs)];
  });
  const server = { ...restored.server, ...present.server };
  const sections: Sections = {
    ...Object.fromEntries(settled),
    ...(Object.keys(server).length === 0 ? {} : { server }),
  };
  const parsed = configSchema.shape.server.safeParse(server);
  try {
    if (parsed.success) assertGuarded(parsed.data);
    return { sections, notes: [] };
  } catch (error) {
    if (!(error instanceof ShelfmatchError)) throw error;
    const { host, ...others } = server;
    const note = `The web host listens to this machine only: the backup names the address ${String(host)} and holds no token. Set server.token, then the address.`;
    return { sections: { ...sections, server: others }, notes: [note] };
  }
}

/** Writes the settings of an unpacked backup as they are to apply. @returns what is otherwise than in the backup */
export async function settleSettings(unpacked: string, dataFolder: string): Promise<string[]> {
  const file = join(unpacked, "config.json");
  const restored = await readConfigFile(file);
  const notes: string[] = [];
  let present: Sections = {};
  try {
    present = await readConfigFile(join(dataFolder, "config.json"));
  } catch (error) {
    // A settings file that nothing can be done with is no reason to keep a backup from taking its place.
    if (!(error instanceof ShelfmatchError)) throw error;
    notes.push(error.message);
  }
  const merged = mergeSettings(restored, present);
  if (Object.keys(merged.sections).length > 0) await writeConfigFile(file, merged.sections);
  return [...notes, ...merged.notes];
}

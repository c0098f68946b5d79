import { homedir } from "node:os";
import { join, resolve } from "node:path";

interface Machine {
  platform: NodeJS.Platform;
  home: string;
}

/** Where catalogue, journal and settings live unless told otherwise; `SHELFMATCH_DATA` names another place. */
export function defaultDataFolder(
  env: Readonly<Record<string, string | undefined>>,
  { platform, home }: Machine = { platform: process.platform, home: homedir() },
): string {
  if (env.SHELFMATCH_DATA) return resolve(env.SHELFMATCH_DATA);
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "Shelfmatch");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Shelfmatch");
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "Shelfmatch");
}

import { join } from "node:path";
import { app } from "electron";
import type { Launch } from "./launch.ts";

/** Where the desktop keeps its own things: window, permissions, logs, crash reports, the pages' local storage. */
export interface Profile {
  folder: string;
  logs: string;
  crashes: string;
}

/**
 * Beside the data where a data folder is named at the start, so that two folders are two apps side by side; otherwise
 * apart from it, where it can remember which folder was chosen.
 */
export function setUpProfile({ dataFolder }: Launch): Profile {
  const folder = dataFolder === null ? join(app.getPath("appData"), "Shelfmatch Desktop") : join(dataFolder, "desktop");
  const logs = join(folder, "logs");
  const crashes = join(folder, "crashes");
  app.setPath("userData", folder);
  app.setPath("sessionData", folder);
  app.setAppLogsPath(logs);
  app.setPath("crashDumps", crashes);
  return { folder, logs, crashes };
}

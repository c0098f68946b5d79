import { existsSync } from "node:fs";
import { join } from "node:path";
import { app } from "electron";
import type { Log } from "./log.ts";

/** Written by packing where it was told a feed (docs/packaging.md), and nowhere else. */
const FEED = "app-update.yml";

/**
 * Looks for a newer version once, fetches it, says so, and puts it in place when the app is closed. Without a feed in the
 * package nothing is asked of anybody.
 */
export async function followUpdates(log: Log): Promise<void> {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, FEED))) return;
  try {
    // Loaded here: most packages have no feed.
    const { autoUpdater } = await import("electron-updater");
    const line = (message?: unknown) => log.line(`Updates: ${message}`);
    autoUpdater.logger = { info: line, warn: line, error: line };
    await autoUpdater.checkForUpdatesAndNotify();
  } catch (error) {
    log.line(`Updates: ${error instanceof Error ? error.message : error}. The app goes on as it is.`);
  }
}

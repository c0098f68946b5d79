import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { app, crashReporter } from "electron";
import type { Log } from "./log.ts";
import type { Profile } from "./profile.ts";

const KEPT = 20;

/** Reports of crashes stay on this machine: nothing is ever sent. */
export function setUpCrashReports({ crashes }: Profile): void {
  crashReporter.start({ uploadToServer: false, compress: false, ignoreSystemCrashHandler: false });
  prune(crashes);
}

export function logCrashes(log: Log): void {
  // Electron would open a dialog that stops everything, over a mistake in one of many handlers.
  process.on("uncaughtException", (error) => log.line(`A mistake of the app's own: ${error.stack ?? error}`));
  process.on("unhandledRejection", (reason) => {
    log.line(`A mistake of the app's own: ${reason instanceof Error ? reason.stack : String(reason)}`);
  });
  app.on("render-process-gone", (_, contents, { reason, exitCode }) => {
    log.line(`A page's process ended (${reason}, ${exitCode}).`);
    // It would stay blank for good. Whoever ended it on purpose is closing it anyway.
    if (reason !== "clean-exit" && reason !== "killed" && !contents.isDestroyed()) contents.reload();
  });
  app.on("child-process-gone", (_, { type, reason, exitCode }) => {
    if (reason !== "clean-exit") log.line(`A process of the kind ${type} ended (${reason}, ${exitCode}).`);
  });
}

/** The newest few stay. */
function prune(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? readdirSync(join(folder, entry.name)).map((name) => join(entry.name, name)) : [],
    );
  } catch {
    // No report yet, no folder.
    return;
  }
  const dumps = names.filter((name) => name.endsWith(".dmp")).map((name) => join(folder, name));
  const byAge = dumps.map((path) => ({ path, time: statSync(path).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { path } of byAge.slice(KEPT)) rmSync(path, { force: true });
}

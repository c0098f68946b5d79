// `npm start`: sets up what is missing, then opens the app: in a window of its own where there can be one, else in the
// browser.
import { spawnSync } from "node:child_process";
import { electronRuntime, noWindowBecause } from "./setup/electron-runtime.mjs";
import { runShelfmatch } from "./setup/engine.mjs";
import { buildDesktop, buildRenderer, engineNode, installDependencies, root } from "./setup/setup.mjs";

/** A window that closes so soon, and badly, never was one: Electron could not start. */
const STARTED_MS = 10_000;

/** Of the desktop, and not known to the web host. */
const DESKTOP_ONLY = new Set(["--web", "--no-sandbox"]);

const args = process.argv.slice(2);
installDependencies();
const why = openWindow();
if (why !== null) {
  process.stderr.write(`Shelfmatch opens in the browser, because ${why}.\n`);
  buildRenderer();
  runShelfmatch(["serve", "--open", "--sample", ...args.filter((arg) => !DESKTOP_ONLY.has(arg))]);
}

/** Runs the desktop app until it is closed. @returns {string | null} why it could not be */
function openWindow() {
  const because = noWindowBecause(process.platform, process.env, args, process.getuid?.());
  if (because !== null) return because;
  const { electron, missing } = electronRuntime(root);
  if (missing !== null) return missing;
  buildDesktop();
  const began = Date.now();
  const { status, signal, error } = spawnSync(electron, [root, ...args], {
    stdio: "inherit",
    env: { ...process.env, SHELFMATCH_NODE: engineNode() },
  });
  if (status === 0) return null;
  if (Date.now() - began < STARTED_MS && signal !== "SIGINT" && signal !== "SIGTERM")
    return `Electron could not start (${error?.message ?? signal ?? `exit code ${status}`})`;
  process.exitCode = status ?? 130;
  return null;
}

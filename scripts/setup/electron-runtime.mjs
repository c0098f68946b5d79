// Whether `npm start` can open a window here, and with what.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The whole runtime is about 110 MB. */
const FETCH_MS = 300_000;

/**
 * Why no window can be opened here, whatever is installed; null where one can.
 * @param {NodeJS.Platform} platform @param {Readonly<Record<string, string | undefined>>} env
 * @param {readonly string[]} args of `npm start` @param {number | undefined} uid
 * @returns {string | null} goes on after "because"
 */
export function noWindowBecause(platform, env, args, uid) {
  const asked = args.find((arg) => /^--(web|host|port|profile|json)(=|$)/.test(arg));
  if (asked !== undefined) return `${asked} is the web host's`;
  if (env.CI) return "this is a CI machine";
  if (platform === "linux" && !env.DISPLAY && !env.WAYLAND_DISPLAY) return "there is no display";
  if (platform === "linux" && uid === 0 && !args.includes("--no-sandbox"))
    return "Electron keeps pages in a sandbox, which root does not have";
  return null;
}

/**
 * Electron's program, fetched on the first start.
 * @param {string} root of the checkout
 * @returns {{electron: string, missing: null} | {electron: null, missing: string}}
 */
export function electronRuntime(root) {
  const folder = join(root, "node_modules", "electron");
  const program = () => {
    const pathFile = join(folder, "path.txt");
    const named = existsSync(pathFile) ? readFileSync(pathFile, "utf8") : "electron";
    const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, "dist"), named);
    return existsSync(path) ? path : null;
  };
  const there = program();
  if (there !== null) return { electron: there, missing: null };
  process.stderr.write("• Fetching Electron (once, 110 MB)\n");
  const { error } = spawnSync(process.execPath, [join(folder, "install.js")], { stdio: "ignore", timeout: FETCH_MS });
  const fetched = program();
  if (fetched !== null) return { electron: fetched, missing: null };
  const reason = error === undefined ? "its downloads on GitHub can't be reached from here" : error.message;
  return { electron: null, missing: `Electron could not be fetched (${reason})` };
}

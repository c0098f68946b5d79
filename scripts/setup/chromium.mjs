import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

/** @returns {string | null} a Chromium of this machine; SHELFMATCH_CHROMIUM names another one */
export function findChromium() {
  const named = process.env.SHELFMATCH_CHROMIUM;
  if (named !== undefined) return existsSync(named) ? named : null;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  }
  return null;
}

import { testDisplay, testElectron } from "./electron.mjs";
import { runPlaywright } from "./playwright-suite.mjs";
import { buildDesktop } from "./setup.mjs";

/**
 * Runs end-to-end tests of the desktop app in a real Electron.
 * @param {string[]} args for Playwright: files of e2e/desktop, options
 * @returns {import("./vitest-suite.mjs").Counts}
 */
export function runDesktop(args) {
  const skip = (/** @type {string} */ why) => {
    console.log(`   skipped: ${why}`);
    return { passed: 0, failed: 0, skipped: [`the desktop app in Electron: ${why}`] };
  };
  const { electron, missing } = testElectron();
  if (missing !== null) return skip(missing);
  const display = testDisplay();
  if (display.missing !== null) return skip(display.missing);
  buildDesktop();
  const surroundings = { prefix: display.prefix, env: { SHELFMATCH_ELECTRON: electron } };
  return runPlaywright("desktop", ["-c", "playwright.desktop.config.mts", ...args], surroundings);
}

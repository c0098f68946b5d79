import { findChromium } from "./chromium.mjs";
import { runPlaywright } from "./playwright-suite.mjs";
import { buildRenderer } from "./setup.mjs";

/**
 * Runs end-to-end tests of the web app in Chromium.
 * @param {"main" | "pages" | "stack"} project of playwright.config.mts: what the app exists for, everything else on its
 *   pages, or what they do on the stack's servers
 * @param {string[]} args for Playwright: files, options
 * @returns {import("./vitest-suite.mjs").Counts}
 */
export function runJourneys(project, args) {
  const chromium = findChromium();
  if (chromium === null) {
    const why = "install Chromium (Debian: apt install chromium) or set SHELFMATCH_CHROMIUM";
    console.log(`   skipped: ${why}`);
    return { passed: 0, failed: 0, skipped: [`journeys in Chromium: ${why}`] };
  }
  buildRenderer();
  const env = { SHELFMATCH_CHROMIUM: chromium };
  return runPlaywright(`journeys-${project}`, [`--project=${project}`, ...args], { env });
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findChromium } from "./chromium.mjs";
import { readPlaywrightReport } from "./playwright-report.mjs";
import { buildRenderer, engineNode, root } from "./setup.mjs";

/**
 * Runs end-to-end tests of the web app in Chromium.
 * @param {"main" | "pages"} project of playwright.config.mts: what the app exists for, or everything else on its pages
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
  const node = engineNode();
  const report = join(root, "test-results", `journeys-${project}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const playwright = join(root, "node_modules", "@playwright", "test", "cli.js");
  const options = [`--project=${project}`, "--reporter=list,json", ...args];
  const { status } = spawnSync(node, [playwright, "test", ...options], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      SHELFMATCH_CHROMIUM: chromium,
    },
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] };
  const counts = readPlaywrightReport(readFileSync(report, "utf8"));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { testDisplay, testElectron } from "./electron.mjs";
import { readPlaywrightReport } from "./playwright-report.mjs";
import { buildDesktop, engineNode, root } from "./setup.mjs";

/**
 * Runs end-to-end tests of the desktop app in a real Electron.
 * @param {string[]} args for Playwright: files of e2e/desktop, options
 * @returns {{passed: number, failed: number, skipped: string[]}}
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
  const node = engineNode();
  const report = join(root, "test-results", "desktop.json");
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const playwright = [join(root, "node_modules", "@playwright", "test", "cli.js"), "test"];
  const options = ["-c", "playwright.desktop.config.mts", "--reporter=list,json", ...args];
  const [command = node, ...rest] = [...display.prefix, node, ...playwright, ...options];
  const { status } = spawnSync(command, rest, {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      SHELFMATCH_ELECTRON: electron,
    },
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] };
  const counts = readPlaywrightReport(readFileSync(report, "utf8"));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { readPlaywrightReport } from "./playwright-report.mjs";
import { engineNode, root } from "./setup.mjs";

/**
 * Runs Playwright and counts by its own report. One that is missing, or that ended badly without a failed test, is a
 * failure.
 * @param {string} name of the report's file
 * @param {string[]} args files and options
 * @param {{prefix?: string[], env?: Record<string, string>}} [surroundings] a command that it is run by, such as a display's
 * @returns {import("./vitest-suite.mjs").Counts}
 */
export function runPlaywright(name, args, { prefix = [], env = {} } = {}) {
  const node = engineNode();
  const report = join(root, "test-results", `${name}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const playwright = join(root, "node_modules", "@playwright", "test", "cli.js");
  const [command = node, ...rest] = [...prefix, node, playwright, "test", "--reporter=list,json", ...args];
  const { status } = spawnSync(command, rest, {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      ...env,
    },
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] };
  const counts = readPlaywrightReport(readFileSync(report, "utf8"));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { engineNode, root } from "./setup.mjs";

/** @typedef {{passed: number, failed: number, skipped: string[]}} Counts */

/**
 * Runs vitest and counts by its own report. One that is missing, or that ended badly without a failed test, is a
 * failure.
 * @param {string} name of the report's file
 * @param {string[]} args @param {Record<string, string>} [env]
 * @returns {Counts}
 */
export function runVitest(name, args, env = {}) {
  const node = engineNode();
  const report = join(root, "test-results", `${name}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`;
  const { status } = spawnSync(node, [vitest, "run", ...reporters, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, ...env },
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [] };
  const counts = readVitestReport(JSON.parse(readFileSync(report, "utf8")));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {any} report of vitest's JSON reporter @returns {Counts} */
export function readVitestReport(report) {
  const suites = /** @type {any[]} */ (report.testResults);
  return {
    passed: report.numPassedTests,
    failed:
      report.numFailedTests +
      suites.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length,
    skipped: suites.flatMap((suite) =>
      suite.assertionResults
        .filter((/** @type {any} */ one) => one.status === "pending" || one.status === "skipped")
        .map((/** @type {any} */ one) => one.fullName),
    ),
  };
}

/** Prints what was left out, then the closing line; the process ends badly where something failed. @param {Counts} counts */
export function conclude({ passed, failed, skipped }) {
  console.log("");
  for (const name of skipped) console.log(`skipped: ${name}`);
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

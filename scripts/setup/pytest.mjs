import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./setup.mjs";

/**
 * Runs the tests below `triton/` and counts by pytest's own report. One that is missing, or that ended badly without a
 * failed test, is a failure.
 * @param {string} python @param {string} name of the report's file @param {string[]} [args]
 * @returns {import("./vitest-suite.mjs").Counts}
 */
export function runPytest(python, name, args = []) {
  const file = join(root, "test-results", `${name}.xml`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const pytest = ["-m", "pytest", "-q", "-c", join("triton", "pyproject.toml"), "triton", `--junitxml=${file}`];
  const { status } = spawnSync(python, [...pytest, ...args], { cwd: root, stdio: "inherit" });
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
  const counts = countOfPytest(readFileSync(file, "utf8"));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {string} report JUnit's XML @returns {import("./vitest-suite.mjs").Counts} */
function countOfPytest(report) {
  const number = (/** @type {string} */ name) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1]);
  const failed = number("failures") + number("errors");
  const skipped = number("skipped");
  return {
    passed: number("tests") - failed - skipped,
    failed,
    skipped: skipped > 0 ? [`${skipped} Python tests`] : [],
  };
}

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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
  const { file, words } = prepare(name, args);
  const { status } = spawnSync(python, words, { cwd: root, stdio: "inherit" });
  return countsOf(file, status);
}

/**
 * The same beside others: what it prints is shown in one piece when it has ended.
 * @param {string} python @param {string} name of the report's file @param {string[]} [args]
 * @returns {Promise<import("./vitest-suite.mjs").Counts>}
 */
export async function startPytest(python, name, args = []) {
  const { file, words } = prepare(name, args);
  const child = spawn(python, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => said.push(piece));
  const [status] = await once(child, "close");
  process.stdout.write(Buffer.concat(said));
  return countsOf(file, status);
}

/** @param {string} name @param {string[]} args */
function prepare(name, args) {
  const file = join(root, "test-results", `${name}.xml`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const pytest = ["-m", "pytest", "-q", "-c", join("triton", "pyproject.toml"), `--junitxml=${file}`];
  return { file, words: [...pytest, ...(args.some((word) => word.startsWith("triton")) ? [] : ["triton"]), ...args] };
}

/** @param {string} file @param {number | null} status @returns {import("./vitest-suite.mjs").Counts} */
function countsOf(file, status) {
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

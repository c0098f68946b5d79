// `npm test`: sets itself up, then runs every check of the project and counts them. Ends with `N passed, N failed`;
// what this machine lacks is skipped by name, with how to get it.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { prepareServers } from "./servers/prepare.mjs";
import { prepareQdrant, qdrantPython } from "./servers/qdrant.mjs";
import { runDesktop } from "./setup/desktop-suite.mjs";
import { runJourneys } from "./setup/journeys-suite.mjs";
import { runPytest } from "./setup/pytest.mjs";
import { pythonTools } from "./setup/python.mjs";
import { engineNode, installDependencies, root } from "./setup/setup.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

installDependencies();
const node = engineNode();
const only = process.argv.slice(2);
const results = join(root, "test-results");
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** @type {import("./setup/vitest-suite.mjs").Counts} */
const totals = { passed: 0, failed: 0, skipped: [] };
/** @type {string[]} */
const failures = [];

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] */
function execute(command, args, env = {}) {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`;
  return (
    spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path, ...env } }).status === 0
  );
}

/** @param {string} name of a package's script below node_modules */
const bin = (name) => join(root, "node_modules", name);

/** @param {string} name @param {() => void} step */
function section(name, step) {
  if (only.length > 0 && !only.includes(name)) return;
  console.log(`\n── ${name}`);
  const started = Date.now();
  step();
  console.log(`   ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** A check that stands or falls as one. @param {string} name @param {boolean} good */
function count(name, good) {
  if (good) totals.passed++;
  else {
    totals.failed++;
    failures.push(name);
  }
}

/** @param {string} name @param {string} how */
function skip(name, how) {
  totals.skipped.push(`${name}: ${how}`);
  console.log(`   skipped: ${how}`);
}

/** A suite that counts its own tests. @param {string} name @param {import("./setup/vitest-suite.mjs").Counts} counts */
function add(name, { passed, failed, skipped }) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped.push(...skipped);
  if (failed > 0) failures.push(`${name} (${failed})`);
}

section("types", () => {
  count("types of engine, shared, scripts, e2e", execute(node, [bin("typescript/bin/tsc"), "--noEmit", "-p", "."]));
  count("types of renderer", execute(node, [bin("typescript/bin/tsc"), "--noEmit", "-p", "renderer"]));
  count("types of electron", execute(node, [bin("typescript/bin/tsc"), "--noEmit", "-p", "electron"]));
});

section("lint", () => {
  count(
    "lint, format and import directions",
    execute(node, [bin("@biomejs/biome/bin/biome"), "ci", "--colors=off", "."]),
  );
  count("dead code", execute(node, [bin("knip/bin/knip.js")]));
  count("repository hygiene", execute(node, [join("scripts", "hygiene.mjs")]));
});

section("python", () => {
  const tools = pythonTools();
  if (tools === null)
    return skip("Python lint, types and tests", "install python3 with venv (Debian: apt install python3-venv)");
  const ruff = ["--config", join("triton", "pyproject.toml"), "triton", "scripts"];
  count("ruff", execute(tools("ruff"), ["check", ...ruff]));
  count("ruff format", execute(tools("ruff"), ["format", "--check", ...ruff]));
  count(
    "mypy",
    execute(tools("mypy"), ["--config-file", join("triton", "pyproject.toml"), "triton", join("scripts", "bench")]),
  );
  add("Python tests", runPytest(tools("python"), "pytest"));
  const missing = prepareQdrant();
  if (missing !== null) return skip("types of the tests' Qdrant", missing);
  // With the packages that it imports.
  const typed = ["--config-file", join("triton", "pyproject.toml"), "--python-executable", qdrantPython];
  count("mypy of the tests' Qdrant", execute(tools("mypy"), [...typed, join("scripts", "servers", "qdrant")]));
});

section("units", () => {
  prepareServers();
  add("units and contract suites", runVitest("vitest", []));
});

section("journeys", () => add("main journeys", runJourneys("main", [])));

section("desktop", () => add("journeys in Electron", runDesktop(["journey.spec.ts"])));

console.log("");
for (const name of failures) console.log(`failed: ${name}`);
conclude(totals);

// `npm run test:models`: what takes published encoders to graphs and engines, on the real libraries. Its tests are named
// `*_modeltest.py`, those of the engine that uses them `*.modeltest.ts`. Ends with `N passed, N failed`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { prepareServers } from "./servers/prepare.mjs";
import { prepareTriton, writeTritonserver } from "./servers/triton.mjs";
import { ran } from "./setup/cache.mjs";
import { modelsPython } from "./setup/models.mjs";
import { runPytest, startPytest } from "./setup/pytest.mjs";
import { engineNode, installDependencies } from "./setup/setup.mjs";
import { tensorRtRtx } from "./setup/tensorrt-rtx.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

const { python, missing } = modelsPython();
conclude(missing === null ? await run(python) : { passed: 0, failed: 0, skipped: [`models: ${missing}`] });

/** @param {string} python */
async function run(python) {
  installDependencies();
  const tensorRt = tensorRtRtx(python);
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-models-"));
  const evaluationSet = join(folder, "evaluation-set");
  try {
    // The engine cuts the views and makes the queries that the gates measure by.
    if (!ran(engineNode(), [join("scripts", "evaluation-set.ts"), evaluationSet]) || tensorRt.missing !== null)
      return { passed: 0, failed: 1, skipped: [] };
    process.env.SHELFMATCH_EVALUATION_SET = evaluationSet;
    // What is missing is told by the tests that are skipped for it.
    prepareServers();
    const { install } = prepareTriton();
    if (install !== null) {
      // `accept` starts a server by itself, given the program.
      process.env.SHELFMATCH_TRITONSERVER = join(folder, "tritonserver");
      writeTritonserver(install, process.env.SHELFMATCH_TRITONSERVER);
    }
    process.env.SHELFMATCH_NODE = engineNode();
    process.env.PYTHONPATH = [tensorRt.folder, process.env.PYTHONPATH].filter(Boolean).join(delimiter);
    const made = await runTests(python, ["-o", "python_files=*_modeltest.py"], process.argv.slice(2));
    // Then what the engine makes of them, on a real Triton.
    const all = [...made, runVitest("models-engine", ["--config", "vitest.models.config.mts"])];
    return {
      passed: all.reduce((sum, each) => sum + each.passed, 0),
      failed: all.reduce((sum, each) => sum + each.failed, 0),
      skipped: all.flatMap((each) => each.skipped),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the tests of describers beside the others', of which neither fills two cores; some of all tests, where
 * they are asked for, in one go.
 * @param {string} python @param {string[]} kind @param {string[]} asked
 * @returns {Promise<import("./setup/vitest-suite.mjs").Counts[]>}
 */
async function runTests(python, kind, asked) {
  if (asked.length > 0) return [runPytest(python, "models", [...kind, ...asked])];
  const describers = join("triton", "shelfmatch_triton", "describe");
  return Promise.all([
    startPytest(python, "models-describe", [describers, ...kind]),
    startPytest(python, "models", ["triton", `--ignore=${describers}`, ...kind]),
  ]);
}

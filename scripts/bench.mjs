// `npm run bench [-- loop index start]`: figures of this machine, each beside what it is measured against, in one run.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonTools } from "./setup/python.mjs";
import { engineNode, installDependencies, root } from "./setup/setup.mjs";

installDependencies();
const python = pythonTools();
const result = spawnSync(engineNode(), [join("scripts", "bench", "main.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", BENCH_PYTHON: python === null ? "" : python("python") },
});
process.exitCode = result.status ?? 1;

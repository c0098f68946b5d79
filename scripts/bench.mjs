// `npm run bench [-- loop answer index start map stack desktop grid import journal lighthouse]`: figures of this machine, each beside what it is measured against, in one run.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { testDisplay, testElectron } from "./setup/electron.mjs";
import { pythonTools } from "./setup/python.mjs";
import { buildDesktop, buildRenderer, engineNode, installDependencies, root } from "./setup/setup.mjs";

installDependencies();
const python = pythonTools();
const wanted = process.argv.slice(2);
const desktop = (wanted.length === 0 || wanted.includes("desktop")) && testElectron().electron;
const display = desktop ? testDisplay().prefix : null;
if (display !== null) {
  buildRenderer();
  buildDesktop();
}
const node = engineNode();
const [command = node, ...args] = [...(display ?? []), node, join("scripts", "bench", "main.ts"), ...wanted];
const result = spawnSync(command, args, {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    ORT_DISABLE_TELEMETRY: "1",
    BENCH_PYTHON: python === null ? "" : python("python"),
    ...(desktop && display !== null ? { SHELFMATCH_ELECTRON: desktop } : {}),
  },
});
process.exitCode = result.status ?? 1;

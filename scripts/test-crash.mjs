// `npm run test:crash`: stops an engine at every crash point and counts what was lost. Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { engineNode, installDependencies, root } from "./setup/setup.mjs";

installDependencies();
const result = spawnSync(engineNode(), [join("scripts", "crash", "main.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = result.status ?? 1;

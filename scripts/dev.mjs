// `npm run dev`: the desktop app over a dev server: the pages change in place, the shell starts anew.
import { spawnSync } from "node:child_process";
import { ELECTRON_VITE, engineNode, installDependencies, root } from "./setup/setup.mjs";

installDependencies();
const args = [...ELECTRON_VITE, "--watch", ...process.argv.slice(2)];
const env = { ...process.env, SHELFMATCH_NODE: engineNode() };
process.exitCode = spawnSync(engineNode(), args, { cwd: root, stdio: "inherit", env }).status ?? 1;

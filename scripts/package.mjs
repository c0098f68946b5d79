// `npm run package`: the desktop app as this system installs it, into out/package. `--dir` leaves it unpacked, `--target
// deb` makes one kind alone.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildDesktop, buildRenderer, engineNode, installDependencies, root } from "./setup/setup.mjs";

installDependencies();
buildRenderer();
buildDesktop();
const program = join(root, "scripts", "package", "main.ts");
const { status } = spawnSync(
  engineNode(),
  ["--disable-warning=ExperimentalWarning", program, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;

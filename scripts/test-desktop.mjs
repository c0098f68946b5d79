// `npm run test:desktop`: the desktop app in a real Electron, whole. Ends with `N passed, N failed`.
import { runDesktop } from "./setup/desktop-suite.mjs";
import { installDependencies } from "./setup/setup.mjs";
import { conclude } from "./setup/vitest-suite.mjs";

installDependencies();
conclude(runDesktop(process.argv.slice(2)));

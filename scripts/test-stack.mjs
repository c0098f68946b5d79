// `npm run test:stack`: what becomes of the app when a server of the stack is down, slow, wrong or killed, on real ones;
// the move between the profiles; a change of models. Ends with `N passed, N failed`.
import { prepareServers } from "./servers/prepare.mjs";
import { installDependencies } from "./setup/setup.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

installDependencies();
prepareServers();
conclude(runVitest("stack", ["--config", "vitest.stack.config.mts", ...process.argv.slice(2)]));

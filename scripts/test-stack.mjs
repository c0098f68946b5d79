// `npm run test:stack`: what becomes of the app when a server of the stack is down, slow, wrong or killed, on real ones;
// the move between the profiles; a change of models; the pages on them, in Chromium. Ends with `N passed, N failed`.
// Arguments below e2e/ are Playwright's, others vitest's; with either, the other is left out.
import { prepareServers } from "./servers/prepare.mjs";
import { runJourneys } from "./setup/journeys-suite.mjs";
import { installDependencies } from "./setup/setup.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

installDependencies();
prepareServers();
const given = process.argv.slice(2);
const files = given.filter((name) => name.startsWith("e2e/"));
const rest = given.filter((name) => !files.includes(name));
const nothing = { passed: 0, failed: 0, skipped: [] };
const engine =
  files.length > 0 && rest.length === 0
    ? nothing
    : runVitest("stack", ["--config", "vitest.stack.config.mts", ...rest]);
// One after the other, on one stack: a second would want the same cores.
const pages = rest.length > 0 && files.length === 0 ? nothing : runJourneys("stack", ["--workers=1", ...files]);
conclude({
  passed: engine.passed + pages.passed,
  failed: engine.failed + pages.failed,
  skipped: [...engine.skipped, ...pages.skipped],
});

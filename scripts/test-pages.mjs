// `npm run test:pages`: every page of the web app in Chromium, past the main journeys of `npm test`. Ends with
// `N passed, N failed`.
import { prepareServers } from "./servers/prepare.mjs";
import { runJourneys } from "./setup/journeys-suite.mjs";
import { prepareLighthouse } from "./setup/lighthouse.mjs";
import { installDependencies } from "./setup/setup.mjs";
import { conclude } from "./setup/vitest-suite.mjs";

installDependencies();
prepareServers();
prepareLighthouse();
conclude(runJourneys("pages", process.argv.slice(2)));

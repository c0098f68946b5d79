// `npm run -s shelfmatch -- <command>`: the command line, which sets itself up like `npm start`.
import { runShelfmatch } from "./setup/engine.mjs";
import { buildRenderer, installDependencies } from "./setup/setup.mjs";

installDependencies();
const args = process.argv.slice(2);
// Only a command that serves pages needs them built.
if (args.includes("serve")) buildRenderer();
runShelfmatch(args);

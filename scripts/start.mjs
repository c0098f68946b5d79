// `npm start`: sets up what is missing, then opens the app.
import { runShelfmatch } from "./setup/engine.mjs";
import { buildRenderer, installDependencies } from "./setup/setup.mjs";

installDependencies();
buildRenderer();
runShelfmatch(["serve", "--open", "--sample", ...process.argv.slice(2)]);

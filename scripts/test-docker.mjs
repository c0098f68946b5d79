// `npm run test:docker`: what can be known of the stack (docker/) without a container engine. Ends with
// `N passed, N failed`.
import { join } from "node:path";
import { composeLoader, hadolint, mongosh } from "./docker/tools.mjs";
import { prepareMongo } from "./servers/mongo.mjs";
import { prepareTriton } from "./servers/triton.mjs";
import { buildRenderer, installDependencies, stop } from "./setup/setup.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

installDependencies();
buildRenderer();
for (const prepare of [composeLoader, hadolint, mongosh]) {
  const { missing } = prepare();
  if (missing !== null) stop(missing);
}
for (const missing of [prepareMongo(), prepareTriton().missing]) if (missing !== null) console.log(missing);
conclude(runVitest("docker", ["--config", join("docker", "vitest.config.mts"), ...process.argv.slice(2)]));

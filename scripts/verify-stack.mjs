// `npm run verify-stack`: the contract suites of the adapters against the servers that the environment names
// (scripts/servers/README.md has the variables); with `--compose`, those of docker/compose.yaml on this machine. Ends
// with `N passed, N failed`.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { configuredServices } from "./servers/endpoint.mjs";
import { installDependencies, root, stop } from "./setup/setup.mjs";
import { conclude, runVitest } from "./setup/vitest-suite.mjs";

/** Suites by the service that they talk to. */
const SUITES = {
  triton: ["engine/encode/triton/"],
  qdrant: ["engine/index/qdrant/"],
  mongo: ["engine/catalog/mongo/", "engine/journal/mongo/"],
  chroma: ["engine/index/chroma/"],
};

/** @returns {Record<string, string>} the endpoints that compose.yaml publishes, by docker/.env and the environment */
function composeEndpoints() {
  const docker = join(root, "docker");
  const file = join(docker, ".env");
  /** @type {Record<string, string | undefined>} */
  const env = { ...(existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}), ...process.env };
  const secret = (/** @type {string} */ name) => join(resolve(docker, env.STACK_SECRETS || "secrets"), name);
  return {
    SHELFMATCH_TEST_TRITON_URL: `http://127.0.0.1:${env.STACK_TRITON_PORT || 8000}`,
    SHELFMATCH_TEST_QDRANT_URL: `http://127.0.0.1:${env.STACK_QDRANT_PORT || 6333}`,
    SHELFMATCH_TEST_QDRANT_SECRET_FILE: secret("qdrant-api-key"),
    // The set's member has a name that only the containers resolve.
    SHELFMATCH_TEST_MONGO_URL: `mongodb://127.0.0.1:${env.STACK_MONGO_PORT || 27017}/?directConnection=true`,
    SHELFMATCH_TEST_MONGO_USERNAME: "root",
    SHELFMATCH_TEST_MONGO_SECRET_FILE: secret("mongo-root-password"),
  };
}

installDependencies();
const compose = process.argv.includes("--compose");
// What the environment names goes before what compose.yaml publishes.
const endpoints = compose ? { ...composeEndpoints(), ...configured(process.env) } : configured(process.env);
const services = configuredServices(endpoints);
if (services.length === 0) {
  stop(
    "No server to verify: set SHELFMATCH_TEST_TRITON_URL, SHELFMATCH_TEST_QDRANT_URL, SHELFMATCH_TEST_MONGO_URL or " +
      "SHELFMATCH_TEST_CHROMA_URL (scripts/servers/README.md), or start docker/compose.yaml and add `-- --compose`.",
  );
}
for (const service of services) console.log(`${service}: ${endpoints[`SHELFMATCH_TEST_${service.toUpperCase()}_URL`]}`);
const suites = services.flatMap((service) => SUITES[/** @type {keyof typeof SUITES} */ (service)]);
// One suite after the other: they share the servers, which may be slower than those of a suite's own.
conclude(runVitest("verify-stack", ["--no-file-parallelism", "--testTimeout=120000", ...suites], endpoints));

/** @param {NodeJS.ProcessEnv} env @returns {Record<string, string>} */
function configured(env) {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("SHELFMATCH_TEST_") && value !== undefined ? [[name, value]] : [],
    ),
  );
}

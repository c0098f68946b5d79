import { prepareChroma } from "./chroma.mjs";
import { prepareMongo } from "./mongo.mjs";
import { prepareQdrant } from "./qdrant.mjs";
import { prepareTriton } from "./triton.mjs";

/**
 * Fetches the servers of the tests, before any test starts: several suites would fetch the same thing at once, against
 * their own time limits. Says which can't be had here, and why.
 */
export function prepareServers() {
  const servers = {
    MongoDB: prepareMongo(),
    Qdrant: prepareQdrant(),
    Triton: prepareTriton().missing,
    Chroma: prepareChroma(),
  };
  for (const [name, missing] of Object.entries(servers)) {
    if (missing !== null) console.log(`   suites on ${name}: ${missing}`);
  }
}

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../engine/encode/fingerprint.ts";
import { shippedImageEncoder } from "../../engine/encode/shipped.ts";
import { freshName } from "./endpoint.mjs";
import { mongoMissing, startMongo } from "./mongo.mjs";
import { qdrantMissing, startQdrant } from "./qdrant.mjs";
import { layOutModels, prepareTriton, startTriton } from "./triton.mjs";

/** A whole stack of real servers, for suites and benchmarks that need all of them. */

export interface StackServer {
  name: "MongoDB" | "Qdrant" | "Triton";
  kill(): Promise<void>;
  /** Again over the same data, at the same address; nothing where it runs. */
  start(): Promise<void>;
}

export interface TestStack {
  servers: readonly StackServer[];
  mongoUrl: string;
  /** Has Triton serve the shipped image model under another name too, as an encoder of its own. @returns its fingerprint */
  serveAs(name: string): Promise<string>;
  /** Environment of an engine that runs on it, with a database and collections of its own. */
  settings(name?: string): Record<string, string>;
  close(): Promise<void>;
}

const WEIGHTS = join(import.meta.dirname, "..", "..", "triton", "weights");
/** The shipped encoders, as the model repository names them. */
const MODELS = ["efficientnet-lite0", "all-minilm-l6-v2"];

/** What this machine lacks for a whole stack, and how to get it. */
export function stackMissing(): string | null {
  return mongoMissing() ?? qdrantMissing() ?? prepareTriton().missing;
}

/** @returns the servers, running; or what this machine lacks, and how to get it */
export async function openStack(): Promise<TestStack | { missing: string }> {
  const triton = prepareTriton();
  const missing = mongoMissing() ?? qdrantMissing() ?? triton.missing;
  if (missing !== null || triton.install === null) return { missing: missing ?? "Triton" };
  const { install } = triton;
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-stack-"));
  const repository = join(folder, "models");
  layOutModels(repository);
  const [mongo, qdrant] = await Promise.all([startMongo(), startQdrant()]);
  let models = await startTriton(install, { repository, models: MODELS });
  let modelsRun = true;
  const { port, url } = models;
  return {
    mongoUrl: mongo.url,
    servers: [
      { name: "MongoDB", kill: mongo.kill, start: mongo.start },
      { name: "Qdrant", kill: qdrant.kill, start: qdrant.start },
      {
        name: "Triton",
        async kill() {
          await models.kill();
          modelsRun = false;
        },
        async start() {
          if (modelsRun) return;
          models = await startTriton(install, { repository, models: MODELS, port });
          modelsRun = true;
        },
      },
    ],
    async serveAs(name) {
      const copy = join(repository, name);
      await cp(join(repository, MODELS[0] ?? ""), copy, { recursive: true });
      const file = join(copy, "config.pbtxt");
      const identity = { ...(await shippedImageEncoder(WEIGHTS)), precision: "fp16w-again" };
      const parameters = { fingerprint: fingerprint(identity), precision: identity.precision };
      let config = (await readFile(file, "utf8")).replace(/^name: ".*"$/m, `name: "${name}"`);
      for (const [key, value] of Object.entries(parameters)) {
        config = config.replace(new RegExp(`(key: "${key}"\\s+value \\{\\s+string_value: ")[^"]*`), `$1${value}`);
      }
      await writeFile(file, config);
      const loaded = await fetch(`${url}/v2/repository/models/${name}/load`, { method: "POST", body: "{}" });
      if (!loaded.ok) throw new Error(`Triton did not load ${name}: ${await loaded.text()}`);
      return parameters.fingerprint;
    },
    settings: (name = freshName()) => ({
      SHELFMATCH_PARTS_PROFILE: "stack",
      SHELFMATCH_MONGO_URL: mongo.url,
      SHELFMATCH_MONGO_DATABASE: name,
      SHELFMATCH_QDRANT_URL: qdrant.url,
      SHELFMATCH_QDRANT_PREFIX: name.replaceAll("_", "-").toLowerCase(),
      SHELFMATCH_TRITON_URL: url,
    }),
    async close() {
      await Promise.all([mongo.close(), qdrant.close(), models.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

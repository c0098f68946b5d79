import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { openMongoCatalog } from "../../engine/catalog/mongo/mongo.ts";
import { loadConfig } from "../../engine/config/load.ts";
import { freshName } from "../servers/endpoint.mjs";
import { startMongo } from "../servers/mongo.mjs";
import { startQdrant } from "../servers/qdrant.mjs";
import { layOutModels, prepareTriton, startTriton } from "../servers/triton.mjs";

/** Where the crash suite lets engines die: an embedded data folder, and a whole stack of real servers. */

/** A catalogue to change: nobody else's. */
export interface Site {
  folder: string;
  /** Settings of its engine, beyond the process' own environment. */
  env: Readonly<Record<string, string>>;
  /** Content hashes of every picture that is stored, after what is done in the background was done. */
  storedPictures(): Promise<string[]>;
  remove(): Promise<void>;
}

export interface Server {
  name: string;
  kill(): Promise<void>;
  /** Again over the same data, at the same address. */
  start(): Promise<void>;
}

export interface Ground {
  name: "embedded" | "stack";
  site(): Promise<Site>;
  /** None where there is nothing to kill beside the engine. */
  servers: readonly Server[];
  close(): Promise<void>;
}

/** @param prepare makes the catalogue that every site starts from */
export async function embeddedGround(prepare: (site: Pick<Site, "folder" | "env">) => Promise<void>): Promise<Ground> {
  const root = await mkdtemp(join(tmpdir(), "shelfmatch-crash-"));
  const base = { folder: join(root, "base"), env: {} };
  await prepare(base);
  let sites = 0;
  return {
    name: "embedded",
    servers: [],
    async site() {
      const folder = join(root, `site-${sites++}`);
      await cp(base.folder, folder, { recursive: true });
      return {
        folder,
        env: {},
        async storedPictures() {
          const entries = await readdir(join(folder, "catalog", "pictures"), { recursive: true, withFileTypes: true });
          return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
        },
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** @throws Error where a server can't be had on this machine */
export async function stackGround(prepare: (site: Pick<Site, "folder" | "env">) => Promise<void>): Promise<Ground> {
  const root = await mkdtemp(join(tmpdir(), "shelfmatch-crash-stack-"));
  const { install, missing } = prepareTriton();
  if (install === null) throw new Error(missing);
  const repository = join(root, "models");
  layOutModels(repository);
  const models = ["efficientnet-lite0", "all-minilm-l6-v2"];
  const mongo = await startMongo();
  const qdrant = await startQdrant();
  let triton = await startTriton(install, { repository, models });
  const { port } = triton;

  return {
    name: "stack",
    servers: [
      { name: "MongoDB", kill: mongo.kill, start: mongo.start },
      { name: "Qdrant", kill: qdrant.kill, start: qdrant.start },
      {
        name: "Triton",
        kill: () => triton.kill(),
        async start() {
          triton = await startTriton(install, { repository, models, port });
        },
      },
    ],
    async site() {
      const folder = await mkdtemp(join(root, "site-"));
      const database = freshName();
      const env = {
        SHELFMATCH_PARTS_PROFILE: "stack",
        SHELFMATCH_MONGO_URL: mongo.url,
        SHELFMATCH_MONGO_DATABASE: database,
        SHELFMATCH_QDRANT_URL: qdrant.url,
        SHELFMATCH_QDRANT_PREFIX: database.replaceAll("_", "-").toLowerCase().slice(0, 32),
        SHELFMATCH_TRITON_URL: triton.url,
      };
      await prepare({ folder, env });
      return {
        folder,
        env,
        async storedPictures() {
          const { current } = await loadConfig({ dataFolder: folder, env });
          // As the sweep finds them an hour later: until then a file without a name may be one that is being written.
          const catalog = await openMongoCatalog({ settings: current.mongo, graceMs: 0 });
          await catalog.sweep();
          await catalog.close();
          const client = new MongoClient(mongo.url);
          try {
            const files = await client.db(database).collection("pictures.files").find().toArray();
            return files.map(({ filename }) => String(filename));
          } finally {
            await client.close();
          }
        },
        async remove() {
          const client = new MongoClient(mongo.url);
          await client.db(database).dropDatabase();
          await client.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    async close() {
      await Promise.all([mongo.close(), qdrant.close(), triton.stop()]);
      await rm(root, { recursive: true, force: true });
    },
  };
}

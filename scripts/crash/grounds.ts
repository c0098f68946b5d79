import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { openMongoCatalog } from "../../engine/catalog/mongo/mongo.ts";
import { loadConfig } from "../../engine/config/load.ts";
import { freshName } from "../servers/endpoint.mjs";
import { openStack, type StackServer } from "../servers/stack.ts";

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

export interface Ground {
  name: "embedded" | "stack";
  site(): Promise<Site>;
  /** None where there is nothing to kill beside the engine. */
  servers: readonly StackServer[];
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
  const stack = await openStack();
  if ("missing" in stack) throw new Error(stack.missing);
  const root = await mkdtemp(join(tmpdir(), "shelfmatch-crash-stack-"));
  return {
    name: "stack",
    servers: stack.servers,
    async site() {
      const folder = await mkdtemp(join(root, "site-"));
      const database = freshName();
      const env = stack.settings(database);
      await prepare({ folder, env });
      return {
        folder,
        env,
        async storedPictures() {
          const { current } = await loadConfig({ dataFolder: folder, env });
          // A file's age is known to the second.
          await sleep(1_100);
          // As the sweep finds them an hour later: until then a file without a name may be one that is being written.
          const catalog = await openMongoCatalog({ settings: current.mongo, graceMs: 0 });
          await catalog.sweep();
          await catalog.close();
          const client = new MongoClient(stack.mongoUrl);
          try {
            const files = await client.db(database).collection("pictures.files").find().toArray();
            return files.map(({ filename }) => String(filename));
          } finally {
            await client.close();
          }
        },
        async remove() {
          const client = new MongoClient(stack.mongoUrl);
          await client.db(database).dropDatabase();
          await client.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    async close() {
      await stack.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import appRole from "../../../docker/mongo/app-role.json" with { type: "json" };
import { configuredEndpoint, freshName } from "../../../scripts/servers/endpoint.mjs";
import { type MongoServer, mongoMissing, startMongo } from "../../../scripts/servers/mongo.mjs";
import { type Config, defaultConfig } from "../../../shared/config.ts";

/** Fresh databases for the tests, each with a user of its own that has the app's rights there and no others. */

/** Stands in the suites' names, where they can't run. */
export const serverMissing = mongoMissing();
export const mongoUnavailable = configuredEndpoint("mongo") === null ? serverMissing : null;

/** A suite's name with the reason for which it is skipped. */
export const named = (name: string, reason: string | null) => (reason === null ? name : `${name} (skipped: ${reason})`);

type Privilege = (typeof appRole.privileges)[number];

export interface TestMongo {
  /** The administrator's client. */
  admin: MongoClient;
  /** A fresh database with its user; the settings that the app would have. */
  database(changes?: Partial<Config["mongo"]>): Promise<Config["mongo"]>;
  /** Gives the database's user these rights from now on, in place of the app's. */
  grant(settings: Config["mongo"], privileges: readonly Privilege[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param server one of the test's own, for tests that stop or slow it; else the configured one, and where none is, a
 *   fresh one
 */
export async function openTestMongo(server?: MongoServer): Promise<TestMongo> {
  const given = server === undefined ? configuredEndpoint("mongo") : null;
  const own = server === undefined && given === null ? await startMongo({ auth: true }) : null;
  const { url, username, secret } = server ?? given ?? own ?? { url: "", username: null, secret: null };
  const auth = username === null ? {} : { auth: { username, password: secret ?? "" } };
  const admin = new MongoClient(url, { ...auth, serverSelectionTimeoutMS: 10_000 });
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-mongo-test-"));
  const names: string[] = [];
  const rightsOn = (db: string, privileges: readonly Privilege[]) =>
    privileges.map(({ collection, actions }) => ({ resource: { db, collection }, actions }));

  return {
    admin,
    async database(changes = {}) {
      const name = freshName();
      const password = randomBytes(12).toString("hex");
      const passwordFile = join(folder, name);
      const settings = { ...defaultConfig.mongo, url, database: name, deadlineMs: 20_000, ...changes };
      if (username === null) return settings;
      names.push(name);
      await writeFile(passwordFile, `${password}\n`);
      const { role } = appRole;
      await admin.db(name).command({ createRole: role, privileges: rightsOn(name, appRole.privileges), roles: [] });
      await admin.db("admin").command({ createUser: name, pwd: password, roles: [{ role, db: name }] });
      return { ...settings, username: name, passwordFile, ...changes };
    },
    async grant({ database }, privileges) {
      await admin.db(database).command({ updateRole: appRole.role, privileges: rightsOn(database, privileges) });
    },
    async close() {
      // A server of the suite's own goes with all that is in it.
      if (given !== null) {
        for (const name of names) {
          await admin.db("admin").command({ dropUser: name });
          await admin.db(name).command({ dropRole: appRole.role });
          await admin.db(name).dropDatabase();
        }
      }
      await admin.close();
      await own?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

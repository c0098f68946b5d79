import type { Config } from "../../../shared/config.ts";
import { connectMongo, type MongoConnection } from "./connection.ts";

/** Connections in use in this process, by their settings. */
const open = new Map<string, { mongo: MongoConnection; users: number }>();

/**
 * A connection of these settings, the same for everybody who asks with the same ones: one client, one breaker. Each user
 * closes its own; the last one closes the client.
 */
export function shareMongo(settings: Config["mongo"]): MongoConnection {
  const key = JSON.stringify(Object.entries(settings).sort());
  const shared = open.get(key) ?? { mongo: connectMongo(settings), users: 0 };
  shared.users += 1;
  open.set(key, shared);
  let left = false;
  return {
    ...shared.mongo,
    async close() {
      if (left) return;
      left = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      if (open.get(key) === shared) open.delete(key);
      await shared.mongo.close();
    },
  };
}

import { afterAll, beforeAll, describe, vi } from "vitest";
import type { Config } from "../../../shared/config.ts";
import { mongoUnavailable, named, openTestMongo, type TestMongo } from "../../lib/mongo/testing.ts";
import { describeCatalog } from "../contract.ts";
import { openMongoCatalog } from "./mongo.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe.skipIf(mongoUnavailable !== null)(named("MongoDB", mongoUnavailable), () => {
  let server: TestMongo;
  beforeAll(async () => {
    server = await openTestMongo();
  });
  afterAll(() => server?.close());

  const databases = new Map<string, Config["mongo"]>();
  async function open(folder: string) {
    const settings = databases.get(folder) ?? (await server.database());
    databases.set(folder, settings);
    return openMongoCatalog({ settings });
  }
  describeCatalog("mongo", open);
});

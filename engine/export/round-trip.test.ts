import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { type MongoServer, startMongo } from "../../scripts/servers/mongo.mjs";
import { openMongoCatalog } from "../catalog/mongo/mongo.ts";
import { openSqliteCatalog } from "../catalog/sqlite/sqlite.ts";
import { named, openTestMongo, serverMissing, type TestMongo } from "../lib/mongo/testing.ts";
import { roundTripSuite } from "./testing/round-trip.ts";

// A server that starts takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-round-trip-"));
  let opened = 0;
  roundTripSuite(() => {
    opened += 1;
    return openSqliteCatalog({ folder: join(folder, String(opened)) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
});

describe.skipIf(serverMissing !== null)(named("MongoDB", serverMissing), () => {
  let server: MongoServer;
  let mongo: TestMongo;
  beforeAll(async () => {
    server = await startMongo();
    mongo = await openTestMongo(server);
  });
  roundTripSuite(async () => openMongoCatalog({ settings: await mongo.database({ deadlineMs: 20_000 }) }));
  afterAll(async () => {
    await mongo?.close();
    await server?.close();
  });
});

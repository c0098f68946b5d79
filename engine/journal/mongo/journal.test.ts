import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, vi } from "vitest";
import { mongoUnavailable, named, openTestMongo, type TestMongo } from "../../lib/mongo/testing.ts";
import { journalContract } from "../contract.ts";
import { openMongoJournal } from "./journal.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe.skipIf(mongoUnavailable !== null)(named("MongoDB", mongoUnavailable), () => {
  let server: TestMongo;
  const folders: string[] = [];
  beforeAll(async () => {
    server = await openTestMongo();
  });
  afterAll(() => server?.close());
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  journalContract("mongo", async (settings) => {
    const folder = mkdtempSync(join(tmpdir(), "shelfmatch-outbox-"));
    folders.push(folder);
    return openMongoJournal({ mongo: await server.database(), folder, settings, onNotice: () => {} });
  });
});

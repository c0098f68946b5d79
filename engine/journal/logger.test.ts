import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defaultConfig } from "../../shared/config.ts";
import { createLogger } from "./logger.ts";
import type { SqliteJournal } from "./sqlite/journal.ts";
import { openSqliteJournal } from "./sqlite/journal.ts";

let folder: string;
let journal: SqliteJournal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-logger-"));
  journal = await openSqliteJournal({
    folder,
    settings: { ...defaultConfig.journal, level: "debug" },
    onNotice: () => {},
  });
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

it("writes lines with component, run and data into the journal", async () => {
  const logger = createLogger(journal, { level: "debug" });
  logger.child({ component: "match" }).child({ runId: "run-1" }).warn({ inliers: 4 }, "Few points agree.");
  const { entries } = await journal.list({ limit: 5 });
  expect(entries).toEqual([
    expect.objectContaining({
      level: "warn",
      component: "match",
      runId: "run-1",
      message: "Few points agree.",
      data: { inliers: 4 },
    }),
  ]);
});

it("keeps the stack of an error, and hides tokens", async () => {
  const logger = createLogger(journal, { level: "info" });
  logger.error({ err: new Error("boom"), token: "secret-of-the-house" }, "It broke.");
  logger.debug("not wanted");
  const { entries } = await journal.list({ limit: 5 });
  expect(entries.length).toBe(1);
  expect(JSON.stringify(entries[0]?.data)).toContain("logger.test.ts");
  expect(JSON.stringify(entries[0])).not.toContain("secret-of-the-house");
});

it("also writes plain words for a terminal", async () => {
  const plain = new PassThrough();
  const logger = createLogger(journal, { level: "info", plain });
  logger.child({ component: "http" }).info("Listening.");
  expect(String(plain.read())).toMatch(/^\d{4}-\d\d-\d\dT.* info {2}http: Listening\.\n$/);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Backup, StagedRestore } from "../../shared/contract/data.ts";
import { loadConfig } from "../config/load.ts";
import { openTestServices, type TestServices } from "../hosts/testing/services.ts";
import type { Caller } from "./context.ts";
import { router } from "./router.ts";

let dataFolder: string;
let engine: TestServices;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "shelfmatch-api-data-"));
  engine = await openTestServices(dataFolder);
});
afterEach(async () => {
  await engine.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function clientFor(caller: Caller) {
  const settings = await loadConfig({ dataFolder });
  const uploadFolder = join(dataFolder, "uploads");
  return createRouterClient(router, { context: { services: engine.services, settings, caller, uploadFolder } }).data;
}
const first = async (events: Promise<AsyncIterable<unknown>>) => {
  for await (const event of await events) return event;
  return null;
};
const id = "0a4d55a8-d778-4022-97f5-fd9e6a4a1ba5";

test("other machines neither see, take nor replace the data", async () => {
  const data = await clientFor({ local: false, sameMachine: false });
  const calls = [
    data.overview(),
    first(data.backup({})),
    data.backupFile({ id }),
    first(data.check({ file: new File(["x"], "a.zip") })),
    data.restore({ id }),
    data.cancelRestore({ id }),
    data.deletePrevious({ name: "before-restore-1" }),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a browser on this machine may name no path of it; its own command line may, a whole one", async () => {
  const browser = await clientFor({ local: false, sameMachine: true });
  await expect(first(browser.backup({ path: join(dataFolder, "a.zip") }))).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(first(browser.checkPath({ path: join(dataFolder, "a.zip") }))).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  const own = await clientFor({ local: true, sameMachine: true });
  await expect(first(own.backup({ path: "a.zip" }))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(first(own.checkPath({ path: "a.zip" }))).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("a backup is fetched, sent back, checked and forgotten again", async () => {
  const data = await clientFor({ local: false, sameMachine: true });
  let made: Backup | null = null;
  for await (const event of await data.backup({})) if (event.kind === "done") made = event.backup;
  const file = await data.backupFile({ id: made?.id ?? "" });
  expect(file.size).toBe(made?.bytes);
  let ready: StagedRestore | null = null;
  for await (const event of await data.check({ file })) if (event.kind === "ready") ready = event.restore;
  expect(ready).toMatchObject({ file: file.name, armed: false, contents: made?.contents });
  expect((await data.restore({ id: ready?.id ?? "" })).staged).toMatchObject({ armed: true });
  expect((await data.cancelRestore({ id: ready?.id ?? "" })).staged).toBeNull();
  await expect(data.restore({ id: ready?.id ?? "" })).rejects.toMatchObject({ code: "BACKUP_NOT_FOUND" });
  await expect(data.backupFile({ id })).rejects.toMatchObject({ code: "BACKUP_NOT_FOUND" });
});

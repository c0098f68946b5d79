import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, Int32, Long } from "mongodb";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import appRole from "../../../docker/mongo/app-role.json" with { type: "json" };
import { type Config, defaultConfig } from "../../../shared/config.ts";
import { productDraftSchema } from "../../../shared/contract/domain.ts";
import { openMongoCatalog } from "../../catalog/mongo/mongo.ts";
import { testPicture } from "../../catalog/test-pictures.ts";
import { line, run } from "../../journal/contract.ts";
import { noteBlock, pruneBlocks } from "../../journal/mongo/blocks.ts";
import { openMongoJournal } from "../../journal/mongo/journal.ts";
import { nameProblems } from "../../journal/mongo/problems.ts";
import type { Journal } from "../../journal/port.ts";
import { connectMongo } from "./connection.ts";
import { mongoUnavailable, named, openTestMongo, type TestMongo } from "./testing.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/**
 * The contract suites of catalogue and journal run as a user with these rights, so they suffice. Here: that each of them
 * is needed, and what such a user can't do.
 */

let server: TestMongo;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-rights-"));
  if (mongoUnavailable === null) server = await openTestMongo();
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that the app does in its database, once. @throws what is refused */
async function everything(settings: Config["mongo"]): Promise<void> {
  const catalog = await openMongoCatalog({ settings, graceMs: -60_000 });
  const journal = await openMongoJournal({
    mongo: settings,
    folder: mkdtempSync(join(folder, "outbox-")),
    settings: { ...defaultConfig.journal, queryPhotos: "full" },
    onNotice: () => {},
  });
  try {
    const picture = await testPicture(1);
    await catalog.create(productDraftSchema.parse({ sku: "A", name: "A" }), [picture]);
    await catalog.picture(picture.hash, "full");
    await catalog.update("A", { name: "B" });
    await catalog.addPicture("A", await testPicture(2));
    await catalog.removePicture("A", picture.hash);
    await catalog.setVariantGroup(["A"], "group");
    const decision = { kind: "distinct" as const, id: "1", time: new Date().toISOString(), skus: ["A", "B"] };
    await catalog.addDecision(decision);
    await catalog.addDecision({ ...decision, skus: ["A", "C"] });
    if ((await catalog.decisions()).length !== 1) throw new Error("the decision was not kept");
    await catalog.removeDecision("1");
    const view = { id: "00000000-0000-4000-8000-000000000000", name: "view", search: "" };
    await catalog.putView(view);
    await catalog.putView({ ...view, name: "other" });
    if ((await catalog.views()).length !== 1) throw new Error("the filter was not saved");
    await catalog.removeView(view.id);
    const [entry] = await catalog.discard(["A"]);
    await catalog.restore([entry?.id ?? ""]);
    if ((await catalog.changes({ sku: "A", limit: 1 })).length !== 1) throw new Error("the history is empty");
    await catalog.prune({ bin: "2000-01-01T00:00:00.000Z", changes: "2999-01-01T00:00:00.000Z" });
    await catalog.delete("A");
    await catalog.forgetDeleted(await catalog.deletedSkus());
    // Removes what could not be removed on the way.
    await catalog.sweep();

    const tail = connectMongo(settings);
    const watching = tail.call("watch", async (db) => {
      const stream = db.collection("log").watch([], { maxAwaitTimeMS: 50 });
      await stream.tryNext();
      await stream.close();
    });
    await watching.finally(() => tail.close());
    const photo = { hash: "a".repeat(64), bytes: picture.bytes, mediaType: "image/jpeg" };
    journal.log(line());
    await journal.list({ limit: 1 });
    await journal.recordRun(run(), photo);
    await journal.recordRun(run(), photo);
    await journal.photo("run-1");
    await analysed(settings, journal);
    await journal.prune(Date.now() + 400 * 86_400_000);
    const { state, detail } = await journal.health();
    if (state !== "ready") throw new Error(detail);
  } finally {
    await journal.close();
    await catalog.close();
  }
}

/** What the journal is searched and counted by; some of it is made behind its back, when there is enough of it. */
async function analysed(settings: Config["mongo"], journal: Journal): Promise<void> {
  await journal.overview({ text: "failed" }, 10);
  await journal.problems({ level: "warn", limit: 10 }, 10);
  await journal.problemRuns("fingerprint");
  await journal.mark("fingerprint", "ignored", null);
  await journal.mark("fingerprint", null, null);
  await journal.figures({ since: "2026-01-01T00:00:00.000Z", until: "2026-01-02T00:00:00.000Z" }, 10);
  await journal.usage();
  const behind = connectMongo(settings);
  try {
    const number = Date.now();
    // As a version without problems wrote it.
    const old = { component: "index", runId: null, message: "It failed.", data: null, origin: "old" };
    await behind.call("write", (db) =>
      db.collection<{ _id: Long } & Document>("log").insertOne({
        ...{ _id: Long.fromNumber(number), time: new Date(), level: new Int32(3), ...old },
        seq: Long.fromNumber(number),
      }),
    );
    await behind.call("name problems", (db) => nameProblems(db, Number.MAX_SAFE_INTEGER));
    await behind.call("note a block", (db) => noteBlock(db, Number.MAX_SAFE_INTEGER));
    await behind.call("forget blocks", (db) => pruneBlocks(db, 0));
  } finally {
    await behind.close();
  }
}

/** Collections that exist are looked at once more by the next version of the app: rules differ, and a date of expiry. */
async function asAnOlderVersionLeftIt({ database }: Config["mongo"]): Promise<void> {
  const db = server.admin.db(database);
  for (const { name, type } of await db.listCollections().toArray()) {
    if (type === "collection" && !name.startsWith("system.") && !/\.(files|chunks)$|^state$/.test(name)) {
      await db.command({ collMod: name, validator: {} });
    }
  }
}

describe.skipIf(mongoUnavailable !== null)(named("the app's rights in MongoDB", mongoUnavailable), () => {
  test("suffice, also to bring an older version's collections up to date", async () => {
    const settings = await server.database();
    await everything(settings);
    await asAnOlderVersionLeftIt(settings);
    await everything(settings);
  });

  const each = appRole.privileges.flatMap(({ collection, actions }) =>
    actions.map((action): [string, string] => [action, collection]),
  );
  test.each(each)("%s on %s is needed", async (action, collection) => {
    const settings = await server.database({ deadlineMs: 10_000 });
    const less = appRole.privileges
      .map((privilege) => ({
        ...privilege,
        actions: privilege.actions.filter((one) => privilege.collection !== collection || one !== action),
      }))
      .filter(({ actions }) => actions.length > 0);
    // Changing rules and expiries is what an update of the app does.
    if (action === "collMod") {
      await everything(settings);
      await asAnOlderVersionLeftIt(settings);
    }
    await server.grant(settings, less);
    await expect(everything(settings)).rejects.toThrow();
  });

  test("end at the app's own database, and at its data", async () => {
    const [own, other] = [await server.database(), await server.database()];
    await everything(own);
    const client = connectMongo(own);
    const refused = { code: "SERVICE_DENIED" };
    try {
      const as = (command: Record<string, unknown>) => client.call("do so", (db) => db.command(command));
      await expect(as({ dropDatabase: 1 })).rejects.toMatchObject(refused);
      await expect(as({ drop: "products" })).rejects.toMatchObject(refused);
      await expect(as({ dropIndexes: "products", index: "*" })).rejects.toMatchObject(refused);
      await expect(as({ create: "another" })).rejects.toMatchObject(refused);
      await expect(as({ createUser: "x", pwd: "x", roles: [] })).rejects.toMatchObject(refused);
      await expect(as({ grantRolesToUser: own.username, roles: ["root"] })).rejects.toMatchObject(refused);
      await expect(as({ update: "changes", updates: [{ q: {}, u: { $set: { sku: "x" } } }] })).rejects.toMatchObject(
        refused,
      );
      const users = client.call("read", (db) => db.admin().command({ find: "system.users" }));
      await expect(users).rejects.toMatchObject(refused);
      const elsewhere = connectMongo({ ...own, database: other.database });
      await expect(
        elsewhere.call("read", (db) => db.collection("products").findOne()).finally(() => elsewhere.close()),
      ).rejects.toMatchObject(refused);
    } finally {
      await client.close();
    }
  });
});

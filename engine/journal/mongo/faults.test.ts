import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type MongoServer, startMongo } from "../../../scripts/servers/mongo.mjs";
import { type Config, defaultConfig } from "../../../shared/config.ts";
import { named, openTestMongo, serverMissing, type TestMongo } from "../../lib/mongo/testing.ts";
import { line, run } from "../contract.ts";
import type { Journal } from "../port.ts";
import { openMongoJournal } from "./journal.ts";
import type { OutboxBounds } from "./outbox.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const DAY_MS = 86_400_000;

describe.skipIf(serverMissing !== null)(named("a journal in a MongoDB of its own", serverMissing), () => {
  let server: MongoServer;
  let databases: TestMongo;
  let mongo: Config["mongo"];
  let folder: string;
  const opened: Journal[] = [];
  const notices: string[] = [];
  beforeAll(async () => {
    server = await startMongo();
    databases = await openTestMongo(server);
  });
  beforeEach(async () => {
    await server.start();
    mongo = await databases.database({ deadlineMs: 4_000 });
    folder = mkdtempSync(join(tmpdir(), "shelfmatch-journal-"));
    notices.length = 0;
  });
  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await databases?.close();
    await server?.close();
  });

  interface Changes {
    settings?: Partial<Config["journal"]>;
    bounds?: OutboxBounds;
    /** A second engine has a data folder and a client of its own. */
    engine?: string;
  }
  async function open({ settings = {}, bounds, engine = "one" }: Changes = {}): Promise<Journal> {
    const journal = await openMongoJournal({
      mongo: { ...mongo, deadlineMs: mongo.deadlineMs + engine.length },
      folder: join(folder, engine),
      settings: { ...defaultConfig.journal, level: "debug", queryPhotos: "full", ...settings },
      onNotice: (text) => notices.push(text),
      ...(bounds === undefined ? {} : { bounds }),
    });
    opened.push(journal);
    return journal;
  }
  const db = () => databases.admin.db(mongo.database);
  const messages = async (journal: Journal, limit = 1_000) =>
    (await journal.list({ limit })).entries.map(({ message }) => message).reverse();
  const arrived = async (journal: Journal) =>
    expect
      .poll(() => journal.flush().then(() => journal.health()), { timeout: 90_000, interval: 250 })
      .toMatchObject({ state: "ready" });
  const photo = { hash: "a".repeat(64), bytes: Buffer.from("a photo"), mediaType: "image/png" };

  it("away at the opening: lines and runs are kept at once, over a restart, and arrive in order, once", async () => {
    await server.stop();
    const first = await open();
    first.log(line({ message: "one" }));
    await first.recordRun(run({ verdict: "similar" }), photo);
    await first.recordRun(run({ verdict: "match" }), null);
    const feedback = { answer: "right", sku: null, note: null, time: new Date().toISOString() } as const;
    await first.addFeedback("run-1", feedback);
    await expect(first.addFeedback("unknown", feedback)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(first.list({ limit: 10 })).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    const health = await first.health();
    expect(health).toMatchObject({ state: "degraded", remote: { name: "MongoDB" } });
    expect(health.detail).toMatch(/not reachable.*Meanwhile 4 entries wait on this machine/);
    await first.close();

    const second = await open();
    second.log(line({ message: "two" }));
    await server.start();
    await arrived(second);
    expect(await messages(second)).toEqual(["one", "two"]);
    expect(await second.run("run-1")).toMatchObject({ verdict: "match", feedback, photo: photo.hash });
    expect(Buffer.from((await second.photo("run-1")).bytes).toString()).toBe("a photo");
    expect(await db().collection("log").countDocuments()).toBe(2);
  });

  it("killed again and again while lines come: every line arrives, in order, once", async () => {
    const journal = await open();
    let written = 0;
    let stop = false;
    const writing = (async () => {
      while (!stop) {
        for (let n = 0; n < 20; n += 1, written += 1) journal.log(line({ message: String(written) }));
        await sleep(20);
      }
    })();
    for (let kill = 0; kill < 3; kill += 1) {
      await sleep(400);
      await server.kill();
      await sleep(300);
      await server.start();
    }
    stop = true;
    await writing;
    await arrived(journal);
    const stored = await db().collection("log").find().sort({ _id: 1 }).toArray();
    expect(stored.map(({ message }) => message)).toEqual(Array.from({ length: written }, (_, n) => String(n)));
    expect(written).toBeGreaterThan(500);
  });

  it("what had arrived when the engine was stopped before it knew is not written again", async () => {
    const first = await open();
    for (let n = 0; n < 100; n += 1) first.log(line({ message: String(n) }));
    await first.flush();
    await first.recordRun(run(), photo);
    await first.close();
    // As a crash leaves it: the entries are back in the outbox, under their numbers.
    const outbox = new DatabaseSync(join(folder, "one", "journal-outbox.sqlite"));
    const insert = outbox.prepare("INSERT INTO entries (seq, kind, body, bytes) VALUES (?, 'line', ?, 1)");
    for (let n = 50; n < 100; n += 1) {
      insert.run(n + 1, JSON.stringify({ ...line({ message: String(n) }), data: null }));
    }
    outbox.close();
    const second = await open();
    const following = new AbortController();
    const live = second.follow({}, following.signal)[Symbol.asyncIterator]();
    second.log(line({ message: "new" }));
    expect((await live.next()).value?.message).toBe("new");
    following.abort();
    expect(await messages(second)).toEqual([...Array.from({ length: 100 }, (_, n) => String(n)), "new"]);
  });

  it("away for longer than is kept: the oldest go, and the journal says how many", async () => {
    await server.stop();
    const journal = await open({ bounds: { entries: 50, bytes: 10_000_000 } });
    await journal.recordRun(run(), photo);
    for (let n = 0; n < 80; n += 1) journal.log(line({ message: String(n) }));
    await journal.flush();
    await server.start();
    await arrived(journal);
    await arrived(journal);
    // What is said of it goes the same way, behind the rest.
    await expect
      .poll(async () => (await messages(journal))[50] ?? "", { timeout: 30_000, interval: 250 })
      .toMatch(/^30 lines and 1 runs are missing before this/);
    const found = await messages(journal);
    expect(found.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 30)));
    expect(notices).toContainEqual(expect.stringMatching(/^30 lines and 1 runs are missing/));
  });

  it("a server that hangs keeps no run waiting", async () => {
    const journal = await open();
    await journal.recordRun(run({ runId: "before" }), null);
    await journal.run("before");
    server.pause();
    try {
      const started = Date.now();
      for (let n = 0; n < 20; n += 1) await journal.recordRun(run({ runId: `run-${n}` }), photo);
      journal.log(line({ message: "meanwhile" }));
      // Not a measure of speed: any wait for the server would have lasted its deadline.
      expect(Date.now() - started).toBeLessThan(mongo.deadlineMs);
    } finally {
      server.resume();
    }
    await arrived(journal);
    expect(await journal.runs({ limit: 100 })).toHaveLength(21);
  });

  it("an entry that the database's rules refuse is said, and keeps no other waiting", async () => {
    const journal = await open();
    await journal.list({ limit: 1 });
    await db().command({ collMod: "log", validator: { message: { $ne: "bad" } } });
    for (const message of ["good", "bad", "better"]) journal.log(line({ message }));
    await arrived(journal);
    await arrived(journal);
    expect(await messages(journal)).toEqual(["good", "better", expect.stringMatching(/^1 entries .* were refused/)]);
  });

  it("lines of every engine are seen as they come, also after the server was away", async () => {
    const [one, two] = [await open(), await open({ engine: "another" })];
    const following = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const entry of one.follow({ level: "warn" }, following.signal)) seen.push(entry.message);
    })();
    // From when the server follows is known by a first line that is seen.
    const isSeen = (message: string) =>
      expect
        .poll(
          () => {
            two.log(line({ message, level: "warn" }));
            return seen.includes(message);
          },
          { timeout: 60_000, interval: 200 },
        )
        .toBe(true);
    await isSeen("of another engine");
    one.log(line({ message: "own", level: "error" }));
    two.log(line({ message: "too low", level: "info" }));
    await expect.poll(() => seen.includes("own"), { timeout: 30_000 }).toBe(true);
    await server.kill();
    await server.start();
    await arrived(two);
    await isSeen("after it was away");
    following.abort();
    await reading;
    expect(seen.filter((message) => message === "own")).toHaveLength(1);
    expect(seen).not.toContain("too low");
    const { entries } = await two.list({ limit: 1_000 });
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  });

  it("the server removes by itself what is too old; photos sooner; changed settings hold from then on", async () => {
    const journal = await open();
    const ago = (days: number) => Date.now() - days * DAY_MS;
    for (const days of [100, 80, 5]) journal.log(line({ message: `${days} days`, time: ago(days) }));
    for (const days of [100, 40, 5]) {
      const kept = { ...photo, hash: String(days).padStart(64, "0") };
      await journal.recordRun(run({ runId: `${days} days`, time: new Date(ago(days)).toISOString() }), kept);
    }
    expect(await messages(journal)).toHaveLength(3);
    await databases.admin.db("admin").command({ setParameter: 1, ttlMonitorEnabled: true });
    try {
      const kept = async () => ({
        lines: await messages(journal),
        runs: (await journal.runs({ limit: 10 })).map(({ runId, photo: has }) => [runId, has !== null]),
      });
      const waited = { timeout: 60_000, interval: 250 };
      await expect.poll(kept, waited).toEqual({
        lines: ["80 days", "5 days"],
        runs: [
          ["5 days", true],
          ["40 days", false],
        ],
      });
      await expect(journal.photo("40 days")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
      journal.applySettings({ ...defaultConfig.journal, retentionDays: 30, queryPhotoDays: 3 });
      await expect.poll(kept, waited).toEqual({ lines: ["5 days"], runs: [["5 days", false]] });
    } finally {
      await databases.admin.db("admin").command({ setParameter: 1, ttlMonitorEnabled: false });
    }
  });

  it("keeps no more lines than the settings say, and photos as they say", async () => {
    const journal = await open({ settings: { maxEntries: 1_000, queryPhotos: "thumbnails" } });
    for (let n = 0; n < 1_500; n += 1) journal.log(line({ message: String(n) }));
    expect((await journal.prune(Date.now())).lines).toBe(500);
    const found = await messages(journal);
    expect([found.length, found[0]]).toEqual([1_000, "500"]);

    const bytes = await sharp({ create: { width: 1_000, height: 500, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    await journal.recordRun(run({ runId: "thumbnail" }), { ...photo, bytes, mediaType: "image/jpeg" });
    const kept = await journal.photo("thumbnail");
    expect(kept.mediaType).toBe("image/webp");
    expect(await sharp(kept.bytes).metadata()).toMatchObject({ width: 256, height: 128, format: "webp" });
    journal.applySettings({ ...defaultConfig.journal, queryPhotos: "off" });
    await journal.recordRun(run({ runId: "off" }), { ...photo, hash: "b".repeat(64), bytes, mediaType: "image/jpeg" });
    expect((await journal.run("off")).photo).toBeNull();
  });

  it("keeps a photo that is larger than a document may be", async () => {
    const journal = await open();
    const bytes = new Uint8Array(20 * 1024 * 1024).map((_, at) => (at * 31) & 0xff);
    await journal.recordRun(run(), { ...photo, bytes });
    expect(Buffer.from((await journal.photo("run-1")).bytes).equals(Buffer.from(bytes))).toBe(true);
    await journal.recordRun(run({ runId: "smaller" }), photo);
    expect(Buffer.from((await journal.photo("smaller")).bytes).toString()).toBe("a photo");
    expect(await db().collection("queryPhotos").countDocuments()).toBe(1);
  });

  it("a stored run that is not of this version is refused by name; the others still list", async () => {
    const journal = await open();
    await journal.recordRun(run({ runId: "good" }), null);
    await journal.recordRun(run({ runId: "bad" }), null);
    await journal.flush();
    await db()
      .collection<{ _id: string }>("runs")
      .updateOne({ _id: "bad" }, { $set: { run: { runId: "bad" } } });
    await expect(journal.run("bad")).rejects.toMatchObject({
      code: "DATA_CORRUPT",
      message: expect.stringContaining("bad"),
    });
    expect((await journal.runs({ limit: 10 })).map(({ runId }) => runId)).toEqual(["good"]);
    expect(notices).toEqual([expect.stringContaining("Run bad")]);
  });
});

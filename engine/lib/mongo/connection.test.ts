import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { freePort } from "../../../scripts/servers/free-ports.mjs";
import { type MongoServer, startMongo } from "../../../scripts/servers/mongo.mjs";
import { defaultConfig } from "../../../shared/config.ts";
import { connectMongo, type MongoConnection } from "./connection.ts";
import { hostsOf, mismatchOf } from "./diagnose.ts";
import { shareMongo } from "./shared.ts";
import { named, serverMissing } from "./testing.ts";

// A server that starts, hangs or elects takes its time, more so where others work beside it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let folder: string;
const opened: MongoConnection[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-mongo-"));
});
afterEach(async () => {
  for (const mongo of opened.splice(0)) await mongo.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = { ...defaultConfig.mongo, database: "connection-test", deadlineMs: 10_000 };
function connect(changes: Partial<typeof settings>): MongoConnection {
  const mongo = connectMongo({ ...settings, ...changes });
  opened.push(mongo);
  return mongo;
}
const ping = (mongo: MongoConnection) => mongo.call("answer", (db) => db.command({ ping: 1 }));

/** Until a call goes through: the breaker, and the driver's own looking around, take their time. */
async function recovered(mongo: MongoConnection): Promise<void> {
  await expect.poll(() => ping(mongo).then(({ ok }) => ok, String), { timeout: 60_000, interval: 250 }).toBe(1);
}

describe("what is told of a server", () => {
  test("addresses never show credentials", () => {
    expect(hostsOf("mongodb://user:p%40ss@a:1,b:2/db?replicaSet=rs0")).toBe("a:1,b:2");
    expect(hostsOf("mongodb+srv://user:x@cluster.example/?tls=true")).toBe("cluster.example");
  });

  test("a version before 6 is refused; 6, 7, 8 and a sharded cluster's router are not", () => {
    expect(mismatchOf({ setName: "rs0" }, "5.0.31", "it")).toMatchObject({
      code: "SERVICE_MISMATCH",
      message: expect.stringMatching(/too old \(5\.0\.31\).*6\.0 or later/),
    });
    for (const version of ["6.0.5", "7.0.2", "8.2.0"]) expect(mismatchOf({ setName: "rs0" }, version, "it")).toBeNull();
    expect(mismatchOf({ msg: "isdbgrid" }, "7.0.0", "it")).toBeNull();
  });

  test("an address that is none is told as a setting", async () => {
    const mongo = connect({ url: "mongodb://localhost:99999999/" });
    await expect(ping(mongo)).rejects.toMatchObject({ code: "SETTINGS_INVALID", details: { path: "mongo.url" } });
  });

  test("nothing there: told within the deadline, with the address and the reason", async () => {
    const port = await freePort();
    const mongo = connect({ url: `mongodb://127.0.0.1:${port}/?replicaSet=rs0` });
    await expect(ping(mongo)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
    await expect(ping(mongo)).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*ECONNREFUSED.*Start it`));
    expect(await mongo.health()).toMatchObject({ failure: { code: "SERVICE_UNAVAILABLE" }, remote: { version: null } });
  });

  test("another program at the address is no MongoDB", async () => {
    const web: Server = createServer((_, response) => response.end("hello"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = web.address() as AddressInfo;
      const mongo = connect({ url: `mongodb://127.0.0.1:${port}/` });
      const failure = await ping(mongo).catch((error: unknown) => error);
      expect(["SERVICE_UNAVAILABLE", "SERVICE_BAD_ANSWER"]).toContain((failure as { code: string }).code);
    } finally {
      web.closeAllConnections();
      web.close();
    }
  });
});

describe.skipIf(serverMissing !== null)(named("a MongoDB of its own", serverMissing), () => {
  describe("credentials", () => {
    let server: MongoServer;
    beforeAll(async () => {
      server = await startMongo({ auth: true });
    });
    afterAll(() => server?.close());

    test("a wrong password is told; once the file is right it works, without a restart", async () => {
      const passwordFile = join(folder, "password");
      writeFileSync(passwordFile, "wrong\n");
      const mongo = connect({ url: server.url, username: server.username, passwordFile });
      await expect(ping(mongo)).rejects.toMatchObject({ code: "SERVICE_DENIED", retryable: false });
      await expect(ping(mongo)).rejects.toThrow(/Authentication failed.*mongo.passwordFile/);
      writeFileSync(passwordFile, `${server.secret}\n`);
      expect(await ping(mongo)).toMatchObject({ ok: 1 });
      expect(await mongo.health()).toMatchObject({ failure: null, remote: { version: "6.0.5", breaker: "closed" } });
    });

    test("no credentials at all are told the same way, and a missing file as a setting", async () => {
      const read = (mongo: MongoConnection) => mongo.call("read", (db) => db.collection("x").findOne());
      await expect(read(connect({ url: server.url }))).rejects.toMatchObject({ code: "SERVICE_DENIED" });
      const passwordFile = join(folder, "no-such-file");
      const missing = connect({ url: server.url, username: "x", passwordFile });
      await expect(ping(missing)).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
    });
  });

  test("a lone server is not a replica set, whatever the address asks for", async () => {
    const server = await startMongo({ replicaSet: false });
    try {
      for (const query of ["", "?replicaSet=rs0", "?directConnection=true"]) {
        const failing = ping(connect({ url: `${server.url}${query}` }));
        await expect(failing).rejects.toMatchObject({ code: "SERVICE_MISMATCH", retryable: false });
        await expect(failing).rejects.toThrow(/is not a replica set.*--replSet rs0/);
      }
    } finally {
      await server.close();
    }
  });

  test("a replica set that nobody has initiated is told so", async () => {
    const server = await startMongo({ initiate: false });
    try {
      await expect(ping(connect({ url: server.url }))).rejects.toThrow(/nobody has initiated yet. Run rs.initiate/);
    } finally {
      await server.close();
    }
  });

  describe("a replica set", () => {
    let server: MongoServer;
    beforeAll(async () => {
      server = await startMongo();
    });
    afterAll(() => server?.close());

    test("of another name is told so", async () => {
      const mongo = connect({ url: server.url.replace("rs0", "other") });
      await expect(ping(mongo)).rejects.toMatchObject({ code: "SERVICE_MISMATCH" });
      await expect(ping(mongo)).rejects.toThrow(/replica set "rs0", and mongo.url asks for "other"/);
    });

    test.each([
      ["OutOfDiskSpace", 14_031, "DISK_FULL"],
      ["MaxTimeMSExpired", 50, "TIMEOUT"],
      ["Unauthorized", 13, "SERVICE_DENIED"],
      ["WriteConflict", 112, "BUSY"],
      ["FailedToSatisfyReadPreference", 133, "SERVICE_UNAVAILABLE"],
    ])("the server's %s is told as what it is", async (_, errorCode, code) => {
      const mongo = connect({ url: server.url });
      await ping(mongo);
      const data = { failCommands: ["insert"], errorCode };
      await server.command({ configureFailPoint: "failCommand", mode: "alwaysOn", data });
      try {
        const failing = mongo.call("write", (db) => db.collection("x").insertOne({ a: 1 }));
        await expect(failing).rejects.toMatchObject({ code });
      } finally {
        await server.command({ configureFailPoint: "failCommand", mode: "off" });
      }
      await mongo.call("write", (db) => db.collection("x").insertOne({ a: 2 }));
    });

    test("one that has stepped down has no primary, and is used again when it has", async () => {
      const mongo = connect({ url: server.url, deadlineMs: 2_000 });
      await ping(mongo);
      await server.command({ replSetStepDown: 6, secondaryCatchUpPeriodSecs: 0, force: true });
      const write = () => mongo.call("write", (db) => db.collection("x").insertOne({ a: 1 }));
      const failing = await write().catch((error: unknown) => error);
      expect(failing).toMatchObject({ code: expect.stringMatching(/SERVICE_UNAVAILABLE|TIMEOUT/) });
      await recovered(mongo);
      await write();
    });

    test("one that hangs is given up at the deadline, and used again when it answers", async () => {
      const mongo = connect({ url: server.url, deadlineMs: 1_500 });
      await ping(mongo);
      server.pause();
      try {
        const found = await Promise.race([ping(mongo).catch((error: unknown) => error), sleep(15_000, "hangs")]);
        expect(found).toMatchObject({ code: "TIMEOUT", retryable: true });
        expect((await mongo.health()).failure).not.toBeNull();
      } finally {
        server.resume();
      }
      await recovered(mongo);
    });

    test("a transaction whose caller was told that it is too late does not go in after all", async () => {
      const mongo = connect({ url: server.url, deadlineMs: 1_500 });
      await mongo.call("write", (db) => db.collection("late").insertOne({ a: 0 }));
      let ended: Promise<unknown> = Promise.resolve();
      const late = mongo.transaction("write", async (db, session) => {
        await db.collection("late").insertOne({ a: 1 }, { session });
        const slow = sleep(3_000);
        ended = slow;
        await slow;
      });
      await expect(late).rejects.toMatchObject({ code: "TIMEOUT" });
      await ended;
      // Time enough for what must not happen.
      await sleep(1_500);
      await recovered(mongo);
      expect(await mongo.call("read", (db) => db.collection("late").countDocuments())).toBe(1);
    });

    test("killed and started again, it is found again", async () => {
      const mongo = connect({ url: server.url, deadlineMs: 4_000 });
      await ping(mongo);
      await server.kill();
      await expect(ping(mongo)).rejects.toThrow(/is not reachable/);
      await server.start();
      await recovered(mongo);
    });

    test("those who ask with the same settings share one client, which the last one closes", async () => {
      const asked = { ...settings, url: server.url };
      const [one, two] = [shareMongo(asked), shareMongo({ ...asked })];
      const connections = async () => {
        const { currentOp } = { currentOp: await server.command({ currentOp: 1, $all: true, appName: "shelfmatch" }) };
        return new Set(currentOp.inprog.map((op: { client?: string }) => op.client).filter(Boolean)).size;
      };
      await ping(one);
      const alone = await connections();
      await ping(two);
      expect(await connections()).toBe(alone);
      await one.close();
      await one.close();
      expect(await ping(two)).toMatchObject({ ok: 1 });
      await two.close();
      await expect(ping(two)).rejects.toMatchObject({ code: "CANCELLED" });
    });
  });
});

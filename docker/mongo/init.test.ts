import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mongosh } from "../../scripts/docker/tools.mjs";
import { freePort } from "../../scripts/servers/free-ports.mjs";
import { mongod, mongoMissing } from "../../scripts/servers/mongo.mjs";
import { DOCKER, loadProject } from "../testing/project.ts";

/**
 * init.js on a real server with a key file: the commands of compose.yaml, with other paths and another port. What the
 * image's entry point does before, making root on a server without access control, is done here.
 */
describe.skipIf(mongoMissing() !== null)("mongo-init", () => {
  const { services } = loadProject("cpu");
  const shell = mongosh();
  let home: string;
  let port: number;
  let server: ChildProcess;
  const at = (name: string) => join(home, name);
  const url = () => `mongodb://127.0.0.1:${port}/?directConnection=true`;

  /** Runs a command of MongoDB's shell in place of the container's. */
  function runShell(command: readonly string[], env: Record<string, string> = {}) {
    const args = command.slice(command.indexOf("mongosh") + 1);
    if (shell.run === null) throw new Error(shell.missing);
    return shell.run(
      args.map((part) => part.replace("/opt/shelfmatch", join(DOCKER, "mongo")).replace(":27017", `:${port}`)),
      { HOME: home, ...env },
    );
  }
  const isHealthy = () => runShell(services.mongo?.healthcheck?.test ?? []).status === 0;
  const init = () => {
    const paths = Object.entries(services["mongo-init"]?.environment ?? {}).map(([name, value]) => [
      name,
      (value ?? "")
        .replace("/run/secrets", home)
        .replace("mongo:27017", `127.0.0.1:${port}`)
        .replace("/opt/shelfmatch", DOCKER),
    ]);
    return runShell(services["mongo-init"]?.entrypoint ?? [], { ...Object.fromEntries(paths), HOME: home });
  };

  async function start(args: string[]): Promise<void> {
    const own = ["--dbpath", at("data"), "--bind_ip", "127.0.0.1", "--port", String(port), "--nounixsocket"];
    server = spawn(mongod, [...own, ...args], { stdio: "ignore" });
    for (;;) {
      const client = new MongoClient(url(), { serverSelectionTimeoutMS: 500 });
      const answered = await client
        .db("admin")
        .command({ hello: 1 })
        .catch(() => null)
        .finally(() => client.close());
      if (answered !== null) return;
      if (server.exitCode !== null) throw new Error(`mongod ended with ${server.exitCode}`);
      await sleep(100);
    }
  }
  async function stop(): Promise<void> {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  }
  /** One piece of work as the app's user. */
  async function asApp<T>(password: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
    const client = new MongoClient(url(), { auth: { username: "shelfmatch", password } });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "shelfmatch-mongo-init-"));
    port = await freePort();
    mkdirSync(at("data"));
    writeFileSync(at("mongo-keyfile"), `${randomBytes(512).toString("base64")}\n`, { mode: 0o400 });
    writeFileSync(at("mongo-root-password"), "r:o/o@t 100%\n");
    writeFileSync(at("mongo-app-password"), "first\n");
    await start([]);
    const client = new MongoClient(url());
    await client.db("admin").command({ createUser: "root", pwd: "r:o/o@t 100%", roles: ["root"] });
    await client.close();
    expect(isHealthy()).toBe(false);
    await stop();
    const args = (services.mongo?.command ?? []).slice(1).filter((argument) => argument !== "--bind_ip_all");
    await start(args.map((argument) => argument.replace("/tmp/keyfile", at("mongo-keyfile"))));
  });
  afterAll(async () => {
    if (server?.exitCode === null) await stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("makes the set, which the health check waits for, and the app's user", async () => {
    expect(isHealthy()).toBe(false);
    const { status, stdout, stderr } = init();
    expect(stderr).toBe("");
    expect(stdout).toContain("The replica set rs0 is made");
    expect(status).toBe(0);
    expect(isHealthy()).toBe(true);
    await asApp("first", async (client) => {
      const session = client.startSession();
      await session.withTransaction(() =>
        client.db("shelfmatch").collection("products").insertOne({ sku: "A" }, { session }),
      );
      await session.endSession();
      expect(await client.db("shelfmatch").collection("products").countDocuments()).toBe(1);
    });
  });

  test("gives that user nothing beside", async () => {
    await asApp("first", async (client) => {
      const refused = { codeName: "Unauthorized" };
      await expect(client.db("another").collection("things").insertOne({})).rejects.toMatchObject(refused);
      await expect(client.db("shelfmatch").dropDatabase()).rejects.toMatchObject(refused);
      await expect(client.db("shelfmatch").command({ createUser: "x", pwd: "x", roles: [] })).rejects.toMatchObject(
        refused,
      );
      await expect(client.db("admin").command({ replSetGetStatus: 1 })).rejects.toMatchObject(refused);
    });
  });

  test("changes nothing the second time, but takes over a new password", async () => {
    writeFileSync(at("mongo-app-password"), "second\n");
    const { status, stdout } = init();
    expect(stdout).not.toContain("is made");
    expect(status).toBe(0);
    await asApp("second", (client) => client.db("shelfmatch").collection("products").countDocuments());
    await expect(asApp("first", (client) => client.db("shelfmatch").listCollections().toArray())).rejects.toMatchObject(
      {
        codeName: "AuthenticationFailed",
      },
    );
  });

  test("says at once which password is wrong", () => {
    writeFileSync(at("mongo-root-password"), "another\n");
    const { status, stdout, stderr } = init();
    expect(`${stdout}${stderr}`).toMatch(/refuses the password in .*mongo-root-password/);
    expect(status).not.toBe(0);
  });
});

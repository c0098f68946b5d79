// A Qdrant for the tests: its real engine (PyPI's qdrant-edge-py) behind the part of its REST interface that this
// project uses, on loopback. `qdrant/` beside this file is that server.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-ports.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(dirname(dirname(here)), ".cache", "servers", "qdrant");
const requirements = join(here, "qdrant-requirements.txt");
const stamp = join(folder, ".shelfmatch-stamp");
const START_MS = 60_000;

/** The Python that has the server's packages. */
export const qdrantPython = join(folder, "bin", "python");

/** @returns {string | null} why the server can't run here and how to get it; null where it can */
export function qdrantMissing() {
  if (process.platform === "win32") return "the tests' Qdrant is for Linux and macOS";
  const fetched = existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(requirements, "utf8");
  return fetched ? null : "the tests' Qdrant is not fetched yet: npm test does it, with python3 and its venv module";
}

/**
 * Fetches what the server needs into `.cache/servers/qdrant`, once. Two processes may do so at once: each fetches for
 * itself, and the first to finish wins.
 * @returns {string | null} what is missing and how to get it; null when it is ready
 */
export function prepareQdrant() {
  if (process.platform === "win32" || qdrantMissing() === null) return qdrantMissing();
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(join(dirname(folder), ".qdrant-"));
  const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
    spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
  try {
    process.stderr.write("• Fetching Qdrant's engine for the tests (once)\n");
    const made = join(fresh, "venv");
    if (!run("python3", ["-m", "venv", made])) {
      return "python3 with venv is needed to fetch Qdrant's engine (Debian: apt install python3-venv)";
    }
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    if (!run(join(made, "bin", "python"), pip)) return "pip could not fetch Qdrant's engine: see the lines above";
    writeFileSync(join(made, ".shelfmatch-stamp"), readFileSync(requirements, "utf8"));
    if (existsSync(folder) && qdrantMissing() !== null) renameSync(folder, join(fresh, "old"));
    if (!existsSync(folder)) renameSync(made, folder);
    return qdrantMissing();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * @typedef {object} QdrantServer
 * @property {string} url
 * @property {string | null} secret The API key; null where it asks for none.
 * @property {string} folder Holds the data and the log.
 * @property {() => Promise<void>} start Starts it again over the same data, at the same address; resolves when it answers.
 * @property {() => Promise<void>} stop A clean end.
 * @property {() => Promise<void>} kill As a crash: SIGKILL.
 * @property {() => Promise<void>} close Ends it and removes its folder.
 */

/**
 * @param {{apiKey?: string, version?: string, graphs?: boolean, started?: boolean}} [options]
 *   `version`: what it says it is; `graphs`: builds graphs and quantises from the first kilobyte of vectors, where
 *   Qdrant's default is 10 MB; `started: false`: nobody listens at its address before `start`
 * @returns {Promise<QdrantServer>}
 */
export async function startQdrant(options = {}) {
  const { apiKey = null, started = true } = options;
  const home = mkdtempSync(join(tmpdir(), "shelfmatch-qdrant-"));
  const port = await freePort();
  const args = [
    ...[join(here, "qdrant"), "--folder", join(home, "data"), "--port", String(port)],
    ...(options.version === undefined ? [] : ["--version", options.version]),
    ...(options.graphs === true ? ["--indexing-threshold-kb", "1", "--optimise-after", "40"] : []),
  ];
  /** @type {import("node:child_process").ChildProcess | null} */
  let child = null;
  const orphan = () => child?.kill("SIGKILL");
  process.on("exit", orphan);
  const url = `http://127.0.0.1:${port}`;
  const log = join(home, "log");

  async function start() {
    if (child !== null && child.exitCode === null && child.signalCode === null) return;
    const output = openSync(log, "a");
    const server = spawn(qdrantPython, args, {
      stdio: ["ignore", output, output],
      // The setting's name is Qdrant's own.
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        ...(apiKey === null ? {} : { QDRANT__SERVICE__API_KEY: apiKey }),
      },
    });
    child = server;
    for (const end = Date.now() + START_MS; ; await sleep(50)) {
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      if (server.exitCode !== null || Date.now() > end) {
        throw new Error(`The tests' Qdrant did not start: ${readFileSync(log, "utf8").slice(-2000)}`);
      }
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    const server = child;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await gone;
  }

  if (started) await start();
  return {
    url,
    secret: apiKey,
    folder: home,
    start,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async close() {
      process.off("exit", orphan);
      await end("SIGKILL");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

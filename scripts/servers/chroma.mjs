// A real Chroma for the tests: the server inside PyPI's chromadb, which needs nothing of the package's many
// requirements, on loopback.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder, fillOnce, pipInstall } from "../setup/cache.mjs";
import { freePort } from "./free-ports.mjs";
import { pauseProcess } from "./pause.mjs";

const PACKAGE = "chromadb==1.5.9";
const NAME = join("servers", "chroma");
const START_MS = 60_000;
/** The package's own `chroma run`, without the Python around it. */
const PROGRAM = "import sys, chromadb_rust_bindings as chroma; chroma.cli(['chroma', 'run', *sys.argv[1:]])";
const python = process.platform === "win32" ? "python" : "python3";

/** @returns {string | null} why Chroma can't run here and how to get it; null where it can */
export function chromaMissing() {
  if (existsSync(cacheFolder(NAME, PACKAGE))) return null;
  return "the tests' Chroma is not fetched yet: npm test does it, with python3 and its venv module";
}

/** Fetches Chroma into `.cache/servers/chroma`, once. @returns {string | null} what is missing and how to get it */
export function prepareChroma() {
  return fillOnce(NAME, PACKAGE, (folder) => pipInstall(folder, ["--no-deps", "--only-binary", ":all:", PACKAGE]))
    .missing;
}

/**
 * @typedef {object} ChromaServer
 * @property {string} url
 * @property {() => Promise<void>} start Starts it again over the same data, after `stop` or `kill`.
 * @property {() => Promise<void>} stop A clean end.
 * @property {() => Promise<void>} kill As a crash: SIGKILL.
 * @property {() => void} pause Stops its processor time (SIGSTOP): connections stay open and nothing answers.
 * @property {() => void} resume
 * @property {() => Promise<void>} close Ends it and removes its folder.
 */

/**
 * Starts a Chroma under a fresh folder and waits until it answers.
 * @param {{started?: boolean}} [options] `started: false`: an address at which nobody is yet
 * @returns {Promise<ChromaServer>}
 */
export async function startChroma({ started = true } = {}) {
  const home = mkdtempSync(join(tmpdir(), "shelfmatch-chroma-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  /** @type {import("node:child_process").ChildProcess | null} */
  let child = null;
  /** @type {Promise<void>} */
  let ended = Promise.resolve();
  const orphan = () => child?.kill("SIGKILL");
  process.on("exit", orphan);

  async function start() {
    const log = openSync(join(home, "log"), "a");
    const args = ["--path", join(home, "data"), "--host", "127.0.0.1", "--port", String(port)];
    const running = spawn(python, ["-c", PROGRAM, ...args], {
      stdio: ["ignore", log, log],
      env: { ...process.env, PYTHONPATH: cacheFolder(NAME, PACKAGE), ANONYMIZED_TELEMETRY: "False" },
    });
    child = running;
    ended = new Promise((resolve) => running.once("close", () => resolve()));
    const deadline = Date.now() + START_MS;
    for (;;) {
      const answer = await fetch(`${url}/api/v2/heartbeat`).catch(() => null);
      if (answer?.ok) return;
      if (running.exitCode !== null || Date.now() > deadline) {
        throw new Error(`Chroma did not start: ${readFileSync(join(home, "log"), "utf8").slice(-500)}`);
      }
      await sleep(50);
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    child?.kill("SIGCONT");
    child?.kill(signal);
    await ended;
  }

  if (started) await start();
  return {
    url,
    start,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    pause: () => pauseProcess(child?.pid ?? 0),
    resume: () => void child?.kill("SIGCONT"),
    async close() {
      process.off("exit", orphan);
      await end("SIGKILL");
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

// The real NVIDIA Triton, for tests and benchmarks: tritonserver 2.51 out of PyPI's nvidia-pytriton, on a CPU, with its
// python backend, dynamic batching, response cache and metrics.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fillOnce, ran } from "../setup/cache.mjs";
import { pythonTools } from "../setup/python.mjs";
import { root } from "../setup/setup.mjs";
import { freePorts } from "./free-ports.mjs";

const requirements = join(root, "scripts", "servers", "triton-requirements.txt");
const PACKAGES = join("lib", "python3.11", "site-packages");
const STARTS_WITHIN_MS = 120_000;
/** Starts that are tried: another program may take a free port first. */
const STARTS = 3;

/**
 * @typedef {object} TritonInstall
 * @property {string} folder Virtual environment of the server's Python, with tritonserver among the packages.
 * @property {string} libraries Folder of libpython3.11.
 */

/** Where libpython3.11 lies, as the dynamic linker knows it. @returns {string | null} */
function libpythonFolder() {
  const cache = spawnSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const file = /libpython3\.11\.so\.1\.0 .*=> (\S+)/.exec(cache.stdout ?? "")?.[1];
  return file === undefined ? null : dirname(file);
}

/**
 * Fetches the server once.
 * @returns {{install: TritonInstall, missing: null} | {install: null, missing: string}} what is missing, and how to get it
 */
export function prepareTriton() {
  /** @param {string} missing */
  const without = (missing) => ({ install: null, missing });
  if (process.platform !== "linux" || process.arch !== "x64")
    return without(
      `a real tritonserver is packaged for Linux on x86_64 alone; this is ${process.platform}-${process.arch}`,
    );
  const libraries = libpythonFolder();
  if (libraries === null) return without("tritonserver needs libpython3.11 (Debian: apt install libpython3.11)");
  const tools = pythonTools();
  if (tools === null) return without("install python3 with venv (Debian: apt install python3-venv)");
  const wanted = `NVIDIA Triton for the tests, about 400 MB on disk\n${readFileSync(requirements, "utf8")}`;
  const { folder, missing } = fillOnce(join("servers", "tritonserver"), wanted, (fresh) => fill(fresh, tools));
  return missing === null ? { install: { folder, libraries }, missing } : without(missing);
}

/**
 * Installs the server into an empty folder. @param {string} fresh @param {(name: string) => string} tools
 * @returns {string | null} what is missing
 */
function fill(fresh, tools) {
  const packages = join(fresh, PACKAGES);
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-warn-conflicts"];
  const ours = ["--python-version", "3.11", "--only-binary=:all:", "--no-deps", "--target", packages];
  if (!ran(tools("python"), ["-m", "pip", "install", ...quiet, ...ours, "-r", requirements]))
    return "PyPI's nvidia-pytriton could not be fetched, see the lines above";
  // The server starts the stub that lies beside its python backend.
  const server = join(packages, "pytriton", "tritonserver");
  const stub = join(server, "backends", "python", "triton_python_backend_stub");
  copyFileSync(join(server, "python_backend_stubs", "3.11", "triton_python_backend_stub"), stub);
  for (const program of [stub, join(server, "bin", "tritonserver")]) chmodSync(program, 0o755);
  writeVirtualEnvironment(fresh);
  return null;
}

/**
 * The stub's Python reads no environment variable; it finds its packages as that of a virtual environment does, by the
 * `pyvenv.cfg` above the first python3 on the PATH. Written by hand, it need not be of this machine's Python version.
 * @param {string} environment
 */
function writeVirtualEnvironment(environment) {
  writeFileSync(join(environment, "pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\n");
  mkdirSync(join(environment, "bin"));
  writeFileSync(join(environment, "bin", "python3"), '#!/bin/sh\nexec /usr/bin/python3.11 "$@"\n', { mode: 0o755 });
}

/**
 * @typedef {object} TritonOptions
 * @property {string} repository Folder of models, as `python -m shelfmatch_triton lay-out` writes it.
 * @property {readonly string[]} [models] Loaded at the start; the others only when they are asked for.
 * @property {readonly string[]} [flags] In place of those about models, cache and rates.
 * @property {number} [port] HTTP port, to come back where another server was; a free one by default.
 *
 * @typedef {object} TritonProcess
 * @property {string} url HTTP endpoint.
 * @property {string} metricsUrl Prometheus' endpoint.
 * @property {number} port
 * @property {number} pid
 * @property {() => string} log What the server has said.
 * @property {() => {pid: number, model: string}[]} stubs The processes that run its Python models.
 * @property {() => Promise<void>} stop Ends it in order.
 * @property {() => Promise<void>} kill Ends it as a crash would.
 */

/**
 * Lays a model repository out below `target`. @param {string} target @param {readonly string[]} [options] of the command
 */
export function layOutModels(target, options = []) {
  const tools = pythonTools();
  if (tools === null) throw new Error("the model repository is laid out by Python, which is missing");
  const args = ["-m", "shelfmatch_triton", "lay-out", "--target", target, ...options];
  const { status, stderr } = spawnSync(tools("python"), args, { cwd: join(root, "triton"), encoding: "utf8" });
  if (status !== 0) throw new Error(`The model repository could not be laid out: ${stderr}`);
}

/** What the server needs around it. @param {TritonInstall} install */
const environmentOf = ({ folder, libraries }) => ({
  LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
  PATH: [join(folder, "bin"), process.env.PATH].filter(Boolean).join(delimiter),
  ORT_DISABLE_TELEMETRY: "1",
});

/** The server's folder, and the arguments that name what lies in it. @param {TritonInstall} install */
function programOf({ folder }) {
  const server = join(folder, PACKAGES, "pytriton", "tritonserver");
  const folders = [
    `--backend-directory=${join(server, "backends")}`,
    `--cache-directory=${join(server, "caches")}`,
    "--allow-gpu-metrics=false",
  ];
  return { program: join(server, "bin", "tritonserver"), folders };
}

/**
 * Writes a program that is the server as an installed one would be: called with the usual arguments, it needs nothing
 * else. For what starts a tritonserver by itself.
 * @param {TritonInstall} install @param {string} file
 */
export function writeTritonserver(install, file) {
  const { program, folders } = programOf(install);
  const quoted = (/** @type {string} */ word) => `'${word.replaceAll("'", "'\\''")}'`;
  const set = Object.entries(environmentOf(install)).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const memory = "--backend-config=python,shm-region-prefix-name=shelfmatch-$$-";
  const start = `exec ${[program, ...folders].map(quoted).join(" ")} ${memory} "$@"`;
  writeFileSync(file, `${["#!/bin/sh", ...set, start].join("\n")}\n`, { mode: 0o755 });
}

/**
 * Starts a server on loopback and waits until it answers; models are loaded and unloaded by request alone.
 * @param {TritonInstall} install @param {TritonOptions} options @returns {Promise<TritonProcess>}
 * @throws Error with the server's last words where it does not start
 */
export async function startTriton(install, options) {
  for (let attempt = 1; ; attempt++) {
    const started = await start(install, options);
    if (typeof started !== "string") return started;
    const portTaken = /[Uu]nable to start|bind|in use/.test(started);
    if (!portTaken || attempt === STARTS) throw new Error(`tritonserver did not start:\n${started.slice(-4000)}`);
    await sleep(500);
  }
}

/** @param {TritonInstall} install @param {TritonOptions} options @returns {Promise<TritonProcess | string>} its log where it ended */
async function start(install, { repository, models = [], port, flags }) {
  const [http = 0, metrics = 0] = await freePorts(2);
  const chosen = port ?? http;
  const { program, folders } = programOf(install);
  const memory = `shelfmatch-${process.pid}-${chosen}-`;
  const args = [
    `--model-repository=${repository}`,
    ...folders,
    // A killed server leaves its shared memory behind: the name says whose it was.
    `--backend-config=python,shm-region-prefix-name=${memory}`,
    "--http-address=127.0.0.1",
    `--http-port=${chosen}`,
    "--metrics-address=127.0.0.1",
    `--metrics-port=${metrics}`,
    ...(flags ?? [
      "--allow-grpc=false",
      "--disable-auto-complete-config",
      "--exit-timeout-secs=3",
      "--model-control-mode=explicit",
      ...models.map((model) => `--load-model=${model}`),
      `--cache-config=local,size=${64 * 1024 * 1024}`,
      "--rate-limit=execution_count",
      `--rate-limit-resource=cpu:${availableParallelism()}`,
    ]),
  ];
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environmentOf(install) },
  });
  // A test that is ended from outside stops nothing any more.
  const abandoned = () => child.kill("SIGKILL");
  process.once("exit", abandoned);
  child.once("exit", () => process.removeListener("exit", abandoned));
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const running = () => child.exitCode === null && child.signalCode === null;

  const stubs = () => childrenOf(child.pid ?? 0);
  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    const orphans = stubs();
    if (running()) {
      // A stopped process takes no signal but this one and SIGKILL.
      child.kill("SIGCONT");
      child.kill(signal);
    }
    const stuck = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(stuck);
    for (const { pid } of orphans) killIfAlive(pid);
    for (const name of readdirSync("/dev/shm"))
      if (name.startsWith(memory)) rmSync(join("/dev/shm", name), { force: true });
  }

  const url = `http://127.0.0.1:${chosen}`;
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (running() && Date.now() < deadline) {
    if (await answers(`${url}/v2/health/ready`)) {
      const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
      const pid = child.pid ?? 0;
      return {
        url,
        metricsUrl,
        port: chosen,
        pid,
        log: () => log,
        stubs,
        stop: () => end("SIGTERM"),
        kill: () => end("SIGKILL"),
      };
    }
    await sleep(100);
  }
  await end("SIGKILL");
  return log;
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** Child processes of `parent`, with the model that each runs. @param {number} parent */
function childrenOf(parent) {
  /** @type {{pid: number, model: string}[]} */
  const children = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      // The name may hold anything, parentheses too; the numbers come behind the last one.
      const status = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]) !== parent) continue;
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      // .../<model>/<version>/model.py
      const file = words.find((word) => word.endsWith("model.py")) ?? "";
      children.push({ pid: Number(pid), model: file.split("/").at(-3) ?? "" });
    } catch {
      // It ended while it was looked at.
    }
  }
  return children;
}

/** @param {number} pid */
function killIfAlive(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

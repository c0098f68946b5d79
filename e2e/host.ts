import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
const CLI = join(ROOT, "engine", "hosts", "cli", "main.ts");
const START_MS = 45_000;
const CLOSE_MS = 6_000;

export interface Host {
  url: string;
  /** Everything that it wrote, for the report of a failed test. */
  log(): string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Runs the command line to its end. @throws Error with what it wrote, on any exit but 0 */
export async function runCli(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let written = "";
  child.stdout.on("data", (chunk) => (written += chunk));
  child.stderr.on("data", (chunk) => (written += chunk));
  await ended(child);
  if (child.exitCode !== 0) throw new Error(`shelfmatch ${args[0]} ended with ${child.exitCode}:\n${written}`);
  return written;
}

/** Starts the real web host on a data folder, on a free port unless one is named. */
export async function startHost(
  dataFolder: string,
  { port = 0, env: given = {} }: { port?: number; env?: Record<string, string> } = {},
): Promise<Host> {
  const args = [CLI, "serve", "--data", dataFolder, "--port", String(port), "--json"];
  // A person's own settings must not reach the tests.
  const own = Object.entries(process.env).filter(([name]) => !/^SHELFMATCH_(?!CHROMIUM)/.test(name));
  const env = { ...Object.fromEntries(own), ...given };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let written = "";
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => {
      child.kill("SIGKILL");
      reject(new Error(`The web host ${why}:\n${written}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${START_MS / 1000} s`), START_MS);
    const read = (chunk: Buffer) => {
      written += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(written)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", (chunk) => (written += chunk));
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
  return {
    url,
    log: () => written,
    async kill() {
      child.kill("SIGKILL");
      await ended(child);
    },
    async close() {
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
      await ended(child);
      clearTimeout(force);
    },
  };
}

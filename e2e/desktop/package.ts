import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { ROOT } from "../host.ts";
import { electronEnv } from "./desktop.ts";

/** The packed app, as it lies on a machine that has no checkout. */
export interface Package {
  /** Folder of the app. */
  folder: string;
  /** The engine, its modules and its Node. */
  home: string;
  /** Time of last change of all that is in it, by path. */
  state(): Map<string, number>;
  remove(): void;
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a program to its end. @param env the whole of it */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Ended> {
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  const written = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...written };
}

/** Every file, folder and link below, by its path from there. */
export function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) =>
    relative(folder, join(parentPath, name)),
  );
}

function setWritable(folder: string, writable: boolean): void {
  for (const path of ["", ...pathsBelow(folder)]) {
    const at = join(folder, path);
    const found = lstatSync(at);
    if (!found.isSymbolicLink()) chmodSync(at, writable ? found.mode | 0o200 : found.mode & ~0o222);
  }
}

/** Packs it as `npm run package` does, outside the repository, and takes the right to write away. */
export async function makePackage(): Promise<Package> {
  const outside = mkdtempSync(join(tmpdir(), "shelfmatch-package-"));
  const args = [join(ROOT, "scripts", "package.mjs"), "--dir", "--test-electron", "--output", outside];
  const { code, out, err } = await run(process.execPath, args, process.env, ROOT);
  if (code !== 0) throw new Error(`npm run package ended with ${code}:\n${out}\n${err}`);
  const folder = join(outside, "linux-unpacked");
  setWritable(folder, false);
  return {
    folder,
    home: join(folder, "resources", "shelfmatch"),
    state: () => new Map(pathsBelow(folder).map((path) => [path, lstatSync(join(folder, path)).mtimeMs])),
    remove() {
      setWritable(folder, true);
      rmSync(outside, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A person's environment: nothing of npm's, of the tests' or of the repository's. */
export function bareEnv(dataFolder: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { DISPLAY, XAUTHORITY } = electronEnv(dataFolder);
  return { PATH: "/usr/bin:/bin", HOME: join(dataFolder, "..", "home"), DISPLAY, XAUTHORITY, ...more };
}

export interface PackedApp {
  page: Page;
  pid: number;
  close(): Promise<void>;
}

const START_MS = 60_000;
const CLOSE_MS = 15_000;

/** Starts it. Its fuses refuse Node's debugger, which Playwright's own way needs: its pages are reached by Chromium's. */
export async function startPacked(
  { folder }: Package,
  dataFolder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<PackedApp> {
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [...root, "--remote-debugging-port=0", "--data", dataFolder];
  const child = spawn(join(folder, "shelfmatch-desktop"), args, {
    env: bareEnv(dataFolder, env),
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const close = async (browser?: Browser) => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
    const force = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
    await browser?.close();
    child.kill("SIGTERM");
    await ended;
    clearTimeout(force);
  };
  try {
    const browser = await chromium.connectOverCDP(await debuggerOf(child), { timeout: START_MS, noDefaults: true });
    const context = browser.contexts()[0];
    if (context === undefined) throw new Error("The app has no window.");
    const page = context.pages()[0] ?? (await context.waitForEvent("page", { timeout: START_MS }));
    return { page, pid: child.pid ?? Number.NaN, close: () => close(browser) };
  } catch (error) {
    await close();
    throw error;
  }
}

function debuggerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = "";
    const timer = setTimeout(() => reject(new Error(`The packed app did not start:\n${written}`)), START_MS);
    child.once("exit", (code, signal) => reject(new Error(`The packed app ended (${code ?? signal}):\n${written}`)));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      written += text;
      const address = /DevTools listening on (ws:\S+)/.exec(written)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

/** Files that a process has mapped: its program and its native libraries. */
export function mappedBy(pid: number): string[] {
  const lines = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  return [...new Set(lines.flatMap((line) => /\s(\/.*)$/.exec(line)?.[1] ?? []))].filter((path) => existsSync(path));
}

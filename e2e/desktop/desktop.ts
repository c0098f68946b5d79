import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ElectronApplication, _electron as electron, type Page } from "@playwright/test";
import { ROOT } from "../host.ts";

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  dataFolder: string;
  /** Process of the engine that has the data folder now; null while none says so. */
  enginePid(): number | null;
  /** Products that can be found by now, as the engine itself says by its web host. */
  indexed(): Promise<number>;
  logs(): string;
  close(): Promise<void>;
}

export interface DesktopOptions {
  dataFolder: string;
  /** Switches of Chromium's, and files to open. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

const CLOSE_MS = 15_000;

export function electronPath(): string {
  const path = process.env.SHELFMATCH_ELECTRON;
  if (path === undefined) throw new Error("npm run test:desktop finds the Electron for these tests.");
  return path;
}

/**
 * As root, Chromium refuses to start with the system's sandbox; each window's own stays on. Without a GPU its GPU process
 * is started and lost three times before the software renderer takes over: it is left out.
 */
export function electronArgs(args: readonly string[] = []): string[] {
  return [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", ROOT, ...args];
}

/** A person's own settings must not reach the tests. */
export function electronEnv(dataFolder: string, env: DesktopOptions["env"] = {}): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("SHELFMATCH_"));
  return { ...Object.fromEntries(own as [string, string][]), SHELFMATCH_DATA: dataFolder, ...env };
}

/**
 * Playwright joins the main process by its debugger, before the app runs. On a busy machine that was seen to miss the
 * Electron of these tests now and then, which then waits for good: it is started once more.
 */
async function launch(options: Parameters<typeof electron.launch>[0]): Promise<ElectronApplication> {
  try {
    return await electron.launch({ ...options, timeout: 40_000 });
  } catch (error) {
    if (!String(error).includes("Timeout")) throw error;
    console.log("Electron could not be joined; it is started once more.");
    return electron.launch({ ...options, timeout: 60_000 });
  }
}

/** Starts the built app in a real Electron and waits for its window. */
export async function startDesktop({ dataFolder, args, env }: DesktopOptions): Promise<Desktop> {
  const app = await launch({
    executablePath: electronPath(),
    args: electronArgs(args),
    env: electronEnv(dataFolder, env),
  });
  let written = "";
  // Playwright forgets it when the app has ended.
  const child = app.process();
  child.stderr?.on("data", (chunk) => (written += chunk));
  const page = await app.firstWindow({ timeout: 60_000 });
  const engineFile = join(dataFolder, "engine.json");
  const engine = () => JSON.parse(readFileSync(engineFile, "utf8"));
  const log = (name: string) => {
    const path = join(dataFolder, "desktop", "logs", name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  return {
    app,
    page,
    dataFolder,
    enginePid: () => (existsSync(engineFile) ? engine().pid : null),
    async indexed() {
      const { endpoint, token } = engine();
      const reply = await fetch(`${endpoint}/api/v1/health`, { headers: { authorization: `Bearer ${token}` } });
      return ((await reply.json()) as { products: { indexed: number } }).products.indexed;
    },
    logs: () => `${log("main.log")}\n${log("engine.log")}\n${written}`,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const force = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
      await app.close().catch(() => {});
      clearTimeout(force);
    },
  };
}

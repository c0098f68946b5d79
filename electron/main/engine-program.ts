import { existsSync } from "node:fs";
import { join } from "node:path";
import { app } from "electron";

/** The engine's program and the Node that runs it. */
export interface EngineProgram {
  node: string;
  script: string;
  /** The folder that has both, laid out as the checkout is. */
  home: string;
}

/**
 * Packaged, they are extra resources beside the archive of the app: Node can't read inside one.
 * @throws Error where there is no Node for this machine
 */
export function engineProgram(): EngineProgram {
  const home = app.isPackaged ? join(process.resourcesPath, "shelfmatch") : app.getAppPath();
  const script = join(home, "engine", "hosts", "desktop", "main.ts");
  const os = process.platform === "win32" ? "win" : process.platform;
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const own = join(home, "node_modules", `node-${os}-${process.arch}`, "bin", binary);
  if (existsSync(own)) return { node: own, script, home };
  // Of a checkout only: a packaged app runs nothing that the environment names.
  const named = app.isPackaged ? undefined : process.env.SHELFMATCH_NODE;
  if (named !== undefined) return { node: named, script, home };
  throw new Error(`There is no Node for ${os}-${process.arch} at ${own}. Install Shelfmatch again.`);
}

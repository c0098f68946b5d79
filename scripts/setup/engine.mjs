import { spawn } from "node:child_process";
import { join } from "node:path";
import { engineNode, root } from "./setup.mjs";

/**
 * Starts the command line on the engine's Node, hands signals through and ends with its exit code.
 * @param {string[]} args @param {{ cwd?: string }} [options]
 */
export function runShelfmatch(args, options = {}) {
  const main = join(root, "engine", "hosts", "cli", "main.ts");
  const child = spawn(engineNode(), ["--disable-warning=ExperimentalWarning", main, ...args], {
    cwd: options.cwd ?? process.cwd(),
    stdio: "inherit",
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "compile"),
    },
  });
  // The terminal already sends Ctrl-C to the whole group; a plain kill reaches only this process.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { engineNode, root } from "./setup.mjs";

/**
 * Starts the command line on the engine's Node, hands signals through and ends with its exit code.
 * @param {string[]} args
 */
export function runShelfmatch(args) {
  const main = join(root, "engine", "hosts", "cli", "main.ts");
  const child = spawn(engineNode(), ["--disable-warning=ExperimentalWarning", main, ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "compile"),
    },
  });
  // A terminal sends Ctrl-C to the whole group already; a plain kill reaches only this process.
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => {
    if (signal !== null && signal !== "SIGINT" && signal !== "SIGTERM") {
      process.stderr.write(
        `Shelfmatch was ended from outside (${signal}). What it had acknowledged is kept; start it again.\n`,
      );
    }
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

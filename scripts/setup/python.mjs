import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

const folder = join(root, ".cache", "python");
const scripts = join(folder, process.platform === "win32" ? "Scripts" : "bin");

/**
 * A virtual environment below the project with the pinned tools of `scripts/requirements.txt`, made when it is missing.
 * @returns {((name: string) => string) | null} finds a tool's path; null where this machine has no Python with venv
 */
export function pythonTools() {
  const wanted = readFileSync(join(root, "scripts", "requirements.txt"), "utf8");
  const stamp = join(folder, ".shelfmatch-stamp");
  const tool = (/** @type {string} */ name) => join(scripts, name);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return tool;
  const system = process.platform === "win32" ? "python" : "python3";
  const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
    spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] }).status === 0;
  process.stderr.write("• Fetching the Python tools (once)\n");
  if (!run(system, ["-m", "venv", "--clear", folder])) return null;
  if (
    !run(tool("python"), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "-r",
      join("scripts", "requirements.txt"),
    ])
  )
    return null;
  writeFileSync(stamp, wanted);
  return tool;
}

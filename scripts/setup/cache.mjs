// Programs that tests need and that registries carry, kept below `.cache`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./setup.mjs";

/** @param {string} name @param {string} wanted as for `fillOnce` @returns {string} where it is, or would be */
export function cacheFolder(name, wanted) {
  const digest = createHash("sha256").update(wanted).digest("hex").slice(0, 12);
  return join(root, ".cache", name, digest);
}

/**
 * A folder that is filled once for what is wanted in it. Two processes may fill it at the same moment: each does so for
 * itself, and the first to finish wins.
 * @param {string} name path below `.cache`
 * @param {string} wanted what is to be in it, exactly: other words, another folder
 * @param {(folder: string) => string | null} fill puts it there; says what this machine lacks, and how to get it
 * @returns {{folder: string, missing: null} | {folder: null, missing: string}}
 */
export function fillOnce(name, wanted, fill) {
  const folder = cacheFolder(name, wanted);
  if (existsSync(folder)) return { folder, missing: null };
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(join(dirname(folder), ".fresh-"));
  try {
    process.stderr.write(`• Fetching ${wanted.split("\n")[0]} (once)\n`);
    const missing = fill(fresh);
    if (missing !== null) return { folder: null, missing };
    try {
      renameSync(fresh, folder);
    } catch (error) {
      // ENOTEMPTY: another process was quicker.
      if (!existsSync(folder)) throw error;
    }
    return { folder, missing: null };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * @param {string} command @param {string[]} args @param {import("node:child_process").SpawnSyncOptions} [options]
 * @returns {boolean} whether it ran and ended well; what it prints goes to stderr
 */
export function ran(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options }).status === 0;
}

/**
 * Installs Python packages into a folder by itself, which PYTHONPATH then names.
 * @param {string} folder @param {string[]} requirements pinned
 * @returns {string | null} what this machine lacks, and how to get it
 */
export function pipInstall(folder, requirements) {
  const venv = join(folder, ".pip");
  let python = "python3";
  if (spawnSync(python, ["-m", "pip", "--version"]).status !== 0) {
    if (!ran(python, ["-m", "venv", venv])) return "install python3 with venv (Debian: apt install python3-venv)";
    python = join(venv, "bin", "python");
  }
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"];
  const good = ran(python, [...args, "--target", folder, ...requirements]);
  rmSync(venv, { recursive: true, force: true });
  return good ? null : `pip could not install ${requirements.join(" ")}: see the lines above`;
}

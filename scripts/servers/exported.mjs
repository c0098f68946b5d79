// Encoders that only the large Python environment can make, for the suites of `npm run test:models`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/setup.mjs";

const folder = join(root, ".cache", "models");
const python = join(folder, "bin", "python");

/** Why they can't be made here: the environment is 6 GB, which no test fetches by itself. @returns {string | null} */
export function exportMissing() {
  const stamp = join(folder, ".shelfmatch-stamp");
  const wanted = readFileSync(join(root, "triton", "requirements-models.txt"), "utf8");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted ? null : "run `npm run test:models`";
}

/** Runs a module of `triton/` there. @param {string} module @param {readonly string[]} args @returns {string} what it said */
export function runModels(module, args) {
  const { status, stdout, stderr } = spawnSync(python, ["-m", module, ...args], {
    cwd: join(root, "triton"),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${module} ${args[0]} failed: ${stderr}`);
  return stdout;
}

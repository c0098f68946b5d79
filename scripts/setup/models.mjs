import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran } from "./cache.mjs";
import { root } from "./setup.mjs";

const folder = join(root, ".cache", "models");
const python = join(folder, "bin", "python");
const requirements = join("triton", "requirements-models.txt");
const UV = "uv==0.13.9";
const PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];

/**
 * A virtual environment below the project with all that makes the models (PyTorch, transformers, NVIDIA's quantiser,
 * TensorRT-RTX): 6 GB, pinned whole. Packages are added to the one that is there, so changed pins cost little, and two
 * processes may ask for it at once: uv locks the environment.
 * @returns {{python: string, missing: null} | {python: null, missing: string}}
 */
export function modelsPython() {
  const wanted = readFileSync(join(root, requirements), "utf8");
  const stamp = join(folder, ".shelfmatch-stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { python, missing: null };
  if (process.platform !== "linux" || process.arch !== "x64")
    return { python: null, missing: "models are made on Linux x86_64: run it there, or in a container" };
  rmSync(stamp, { force: true });
  process.stderr.write("• Fetching what makes the models (once, 6 GB)\n");
  if (!existsSync(python) && !ran("python3.11", ["-m", "venv", folder]) && !ran("python3", ["-m", "venv", folder]))
    return { python: null, missing: "install python3 with venv (Debian: apt install python3-venv)" };
  // The list is complete; what packages ask for beyond it is left out on purpose (triton/requirements-models.override).
  const install = ["--quiet", "--no-deps", "-r", requirements];
  const good =
    (ran(python, [...PIP, UV]) && ran(python, ["-m", "uv", "pip", "install", "--python", python, ...install])) ||
    // uv does not read pip's settings, which a company's mirror may need.
    ran(python, [...PIP, ...install]);
  if (!good) return { python: null, missing: `the packages of ${requirements} could not be installed: see above` };
  writeFileSync(stamp, wanted);
  return { python, missing: null };
}

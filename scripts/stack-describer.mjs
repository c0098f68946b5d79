// `npm run stack:describer -- <model> [--weights FOLDER] [--precision fp16] [--runtime tensorrt-llm]`: puts a
// vision-language model where docker/compose.yaml looks for one, from the hub or a folder with its files.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ran } from "./setup/cache.mjs";
import { modelsPython } from "./setup/models.mjs";
import { root, stop } from "./setup/setup.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: "string", default: "hub" },
    precision: { type: "string", default: "fp32" },
    runtime: { type: "string", default: "onnx" },
  },
});
const [model] = positionals;
if (model === undefined || positionals.length > 1) stop("Name one model: npm run stack:describer -- qwen3-vl-2b");
const folder = resolve(join(root, "docker"), process.env.STACK_DESCRIBER || "describer");
const weights = values.weights === "hub" ? "hub" : resolve(values.weights);
const { python, missing } = modelsPython();
if (python === null) stop(missing ?? "");
const given = ["--model", model ?? "", "--target", folder, "--weights", weights];
const words =
  values.runtime === "tensorrt-llm"
    ? ["prepare-checkpoint", ...given]
    : ["export-describer", ...given, "--precision", values.precision];
// What another model left would be laid out with it.
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder))
  if (name !== "README.md" && name !== ".gitignore") rmSync(join(folder, name), { recursive: true });
const PYTHONPATH = [join(root, "triton"), process.env.PYTHONPATH].filter(Boolean).join(delimiter);
const made = ran(python ?? "", ["-m", "shelfmatch_triton", ...words], { env: { ...process.env, PYTHONPATH } });
if (!made) stop("The describer was not made: see the lines above");
console.log(`${model} is in ${folder}: start the stack with STACK_PARTS_DESCRIBER=triton (docker/README.md)`);

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fillOnce, ran } from "./cache.mjs";
import { root } from "./setup.mjs";

/**
 * TensorRT's Python API over TensorRT-RTX's parser and builder, which need no GPU: a folder for PYTHONPATH.
 * @param {string} python that of the environment that makes the models
 */
export function tensorRtRtx(python) {
  const script = join("triton", "scripts", "link_tensorrt_rtx.py");
  const pins = readFileSync(join(root, "triton", "requirements-models.txt"), "utf8").match(/^.*tensorrt.*$/gm) ?? [];
  // The links lead into the environment, wherever it is.
  const wanted = ["TensorRT-RTX's libraries, linked", python, ...pins, readFileSync(join(root, script), "utf8")];
  return fillOnce(join("servers", "tensorrt-rtx"), wanted.join("\n"), (folder) =>
    ran(python, [script, folder]) ? null : "TensorRT-RTX could not be linked: see the lines above",
  );
}

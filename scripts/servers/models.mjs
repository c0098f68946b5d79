// Real image encoders beside the shipped one, for tests: the shipped weights at another resolution, made by Python alone.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonTools } from "../setup/python.mjs";
import { root } from "../setup/setup.mjs";

/** What this machine lacks to make them, and how to get it. @returns {string | null} */
export function resizedMissing() {
  return pythonTools() === null ? "install python3 with venv (Debian: apt install python3-venv)" : null;
}

/**
 * Writes the shipped image encoder for squares of `side` pixels. @param {string} folder such as a data folder's `models`
 * @param {number} side a multiple of 32 @returns {string} its name
 */
export function writeResized(folder, side) {
  const tools = pythonTools();
  if (tools === null) throw new Error(`no encoder can be made: ${resizedMissing()}`);
  const args = ["-m", "shelfmatch_triton", "resize", "--side", String(side), "--target", folder];
  const { status, stderr } = spawnSync(tools("python"), args, { cwd: join(root, "triton"), encoding: "utf8" });
  if (status !== 0) throw new Error(`the encoder could not be made: ${stderr}`);
  return `efficientnet-lite0-${side}`;
}

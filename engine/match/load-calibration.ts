import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Calibration, parseCalibration } from "./calibration.ts";

/** The calibration that ships with the app, measured by `scripts/calibrate.ts`. */
export async function loadCalibration(): Promise<Calibration> {
  return parseCalibration(JSON.parse(await readFile(join(import.meta.dirname, "calibration.json"), "utf8")));
}

import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Recalibration, recalibrationSchema } from "../../shared/contract/calibration.ts";
import { writeWhole } from "../lib/write-whole.ts";
import { type Calibration, parseCalibration } from "../match/calibration.ts";
import { roundCalibration } from "./fit.ts";

interface OwnCalibrationOptions {
  /** Folder of the refits, one file an encoder. */
  folder: string;
  /** Of the image encoder in use. */
  fingerprint: string;
  shipped: Calibration;
  onNotice(message: string): void;
}

/** The calibration in force, and what the last refit came to. */
export interface CalibrationSource {
  /** Asked at every answer: a refit takes the place of the one before while the app is open. */
  current(): Calibration;
  readonly shipped: Calibration;
  isOwn(): boolean;
  last(): Recalibration | null;
  /** @param calibration null where the shipped one was better */
  keep(calibration: Calibration | null, last: Recalibration): Promise<void>;
  /** Back to the shipped one. */
  reset(): Promise<void>;
}

const keptSchema = z.object({ last: recalibrationSchema, calibration: z.unknown() });

/** One file an encoder, so that going back to a former encoder finds its own again. */
export const calibrationFile = (fingerprint: string) =>
  `${createHash("sha256").update(fingerprint).digest("hex").slice(0, 16)}.json`;

/** Reads what an earlier refit left; one that can't be used is said, and the shipped one stands. */
export async function openCalibrations(options: OwnCalibrationOptions): Promise<CalibrationSource> {
  const { folder, fingerprint, shipped, onNotice } = options;
  const file = join(folder, calibrationFile(fingerprint));
  let own: Calibration | null = null;
  let last: Recalibration | null = null;
  try {
    const kept = keptSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const calibration = kept.calibration === null ? null : parseCalibration(kept.calibration);
    if (calibration === null || calibration.fingerprint === fingerprint) {
      own = calibration;
      last = kept.last;
    }
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    // Not its message: it would name every number of the file.
    if (!isMissing) onNotice("The calibration of this catalogue is of another version and is not used. Fit it anew.");
  }
  return {
    current: () => own ?? shipped,
    shipped,
    isOwn: () => own !== null,
    last: () => last,
    async keep(calibration, outcome) {
      const rounded = calibration === null ? null : parseCalibration(roundCalibration(calibration));
      await writeWhole(file, `${JSON.stringify({ last: outcome, calibration: rounded })}\n`);
      own = rounded;
      last = outcome;
    },
    async reset() {
      await rm(file, { force: true });
      own = null;
      last = null;
    },
  };
}

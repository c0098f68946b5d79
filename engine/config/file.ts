import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ShelfmatchError } from "../../shared/errors.ts";
import { writeWhole } from "../lib/write-whole.ts";
import type { Sections } from "./setting-paths.ts";

const sectionsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * Reads `config.json`. A file that is not there is an empty configuration.
 * @throws ShelfmatchError SETTINGS_INVALID for one that can't be read or is no JSON of sections
 */
export async function readConfigFile(path: string): Promise<Sections> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
  try {
    return sectionsSchema.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join(".") || "the whole"}: ${issue.message}`).join("; ")
        : String(error instanceof Error ? error.message : error);
    throw invalid(path, reason, error);
  }
}

function invalid(path: string, reason: string, cause: unknown): ShelfmatchError {
  const message = `The settings file ${path} can't be used: ${reason}. Correct it, or move it away to start with defaults.`;
  return new ShelfmatchError("SETTINGS_INVALID", message, { cause, details: { file: path } });
}

/** Writes it whole or not at all; readable by its owner only, since a token may be inside. */
export async function writeConfigFile(path: string, sections: Sections): Promise<void> {
  try {
    await writeWhole(path, `${JSON.stringify(sections, null, 2)}\n`);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOSPC")) throw cause;
    const message = `The settings file ${path} can't be written: the disk is full. Make room, then save again.`;
    throw new ShelfmatchError("DISK_FULL", message, { cause });
  }
}

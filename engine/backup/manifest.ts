import { z } from "zod";
import { backupContentsSchema } from "../../shared/contract/data.ts";
import { kindOf } from "./layout.ts";

/** `manifest.json` of a backup: what it holds, file by file. */

export const MANIFEST = "manifest.json";
export const FORMAT = "shelfmatch-backup";
/** Counts up when an older app could no longer restore what this one writes. */
export const FORMAT_VERSION = 1;

const fileSchema = z.object({
  path: z.string().refine((path) => kindOf(path) !== null, "is no file of a data folder"),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackedUpFile = z.infer<typeof fileSchema>;

/** Read first: of a newer format nothing else may be relied on. */
export const formatSchema = z.object({ format: z.literal(FORMAT), formatVersion: z.int().positive() });

export const manifestSchema = formatSchema.extend({ contents: backupContentsSchema, files: z.array(fileSchema) });
export type Manifest = z.infer<typeof manifestSchema>;

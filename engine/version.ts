import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const said = z
  .object({ version: z.string(), installed: z.boolean().default(false) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")));

/** The product's version, as package.json says it. */
export const VERSION = said.version;

/** Whether this is the engine of an installed app, and no checkout: packing says so in its package.json. */
export const INSTALLED = said.installed;

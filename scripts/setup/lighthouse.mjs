// Google's Lighthouse, which judges the pages from outside. By itself below `.cache`: it brings a hundred packages.
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheFolder, fillOnce, ran } from "./cache.mjs";
import { engineNode } from "./setup.mjs";

const LIGHTHOUSE = "lighthouse@13.5.0";

/** Installs it, once. @returns {string | null} what this machine lacks, and how to get it */
export function prepareLighthouse() {
  return fillOnce("lighthouse", LIGHTHOUSE, (folder) => {
    const args = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
    const env = { ...process.env, PATH: `${dirname(engineNode())}${delimiter}${process.env.PATH ?? ""}` };
    return ran("npm", [...args, "--prefix", folder, LIGHTHOUSE], { env })
      ? null
      : `npm could not install ${LIGHTHOUSE}`;
  }).missing;
}

/** @returns {string | null} the address of its module, for `import`; null where it was not installed */
export function lighthouseModule() {
  const main = join(cacheFolder("lighthouse", LIGHTHOUSE), "node_modules", "lighthouse", "core", "index.js");
  return existsSync(main) ? pathToFileURL(main).href : null;
}

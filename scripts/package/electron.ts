import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testElectron } from "../setup/electron.mjs";

/** The Electron to pack: a folder with its runtime, and its version. */
export interface Runtime {
  folder: string;
  version: string;
}

function versionIn(folder: string): string | null {
  const file = join(folder, "version");
  return existsSync(file) ? readFileSync(file, "utf8").trim().replace(/^v/, "") : null;
}

/** The runtime of package.json's Electron, fetched once. @returns what is missing, and the next step, where it can't be */
export function ownElectron(root: string): { runtime: Runtime; missing: null } | { runtime: null; missing: string } {
  const module = join(root, "node_modules", "electron");
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(module, "dist");
  const { version } = JSON.parse(readFileSync(join(module, "package.json"), "utf8")) as { version: string };
  if (versionIn(folder) !== version) {
    process.stderr.write(`• Fetching Electron ${version} (once, 110 MB)\n`);
    spawnSync(process.execPath, [join(module, "install.js")], { stdio: ["ignore", 2, 2] });
  }
  if (versionIn(folder) === version) return { runtime: { folder, version }, missing: null };
  const missing =
    `Electron ${version} could not be fetched: its downloads are on GitHub, and the lines above say what came of it. ` +
    "Pack where they can be reached, name a mirror of them in ELECTRON_MIRROR, or name a folder that has this version " +
    "unpacked in ELECTRON_OVERRIDE_DIST_PATH. To try the packing itself, `npm run package -- --dir --test-electron` " +
    "takes the tests' Electron; that is nothing to hand out.";
  return { runtime: null, missing };
}

/** The tests' older one. @returns what is missing, and how to get it, where it can't be had */
export function olderElectron(): { runtime: Runtime; missing: null } | { runtime: null; missing: string } {
  const { electron, missing } = testElectron();
  if (missing !== null) return { runtime: null, missing };
  const folder = join(electron, "..");
  const version = versionIn(folder);
  if (version === null) return { runtime: null, missing: `${folder} has no version file` };
  return { runtime: { folder, version }, missing: null };
}

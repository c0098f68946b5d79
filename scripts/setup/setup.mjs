// Brings a fresh clone to where the app can run. Plain JavaScript without dependencies: it runs on the system's own
// Node (20 or later) before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Progress goes to stderr: stdout belongs to the command that sets itself up on the way. */
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

/** @param {string} message @returns {never} */
export function stop(message) {
  say(`\n${message}`);
  process.exit(1);
}

/** @param {string[]} files @returns {string} SHA-256 over names and contents */
function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

/** @param {string} folder @returns {string[]} every file below, sorted, relative to the root */
function filesBelow(folder) {
  return (
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      // `path` is its name on Node 20.
      .map((entry) => join(entry.parentPath ?? Reflect.get(entry, "path"), entry.name).slice(root.length + 1))
      .sort()
  );
}

/**
 * Runs a step unless its stamp says that it was done for these very inputs.
 * @param {string} stamp file @param {string[]} inputs @param {() => void} step
 */
function once(stamp, inputs, step) {
  const wanted = hashOf(inputs);
  const path = join(root, stamp);
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) return;
  rmSync(path, { force: true });
  step();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, wanted);
}

/** @param {string} title @param {string} command @param {string[]} args */
function run(title, command, args) {
  say(`• ${title}`);
  const started = Date.now();
  // npm is a script on Windows, which only a shell starts.
  const shell = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell });
  if (result.error) stop(`${title}: could not start ${command} (${result.error.message}). Is it on the PATH?`);
  if (result.status !== 0)
    stop(`${title}: failed, see the lines above. Mend what they name, then run the command again.`);
  say(`  done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

export function installDependencies() {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 20)
    stop(`Shelfmatch needs Node 20 or later; this is ${process.versions.node}. Install one from nodejs.org.`);
  once(join("node_modules", ".shelfmatch-stamp"), ["package-lock.json"], () => {
    run("Installing dependencies (once; a minute or two)", "npm", [
      "ci",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ]);
  });
}

/** @returns {string} the Node 24 that the engine runs on: the packaged one, else the system's where it is new enough */
export function engineNode() {
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const os = process.platform === "win32" ? "win" : process.platform;
  const packaged = join(root, "node_modules", `node-${os}-${process.arch}`, "bin", binary);
  if (existsSync(packaged)) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  return stop(
    `Shelfmatch's engine needs Node 24.12 or later, and no packaged one exists for ${process.platform}-${process.arch}; ` +
      `this is ${process.versions.node}. Install Node 24 from nodejs.org and run the command again.`,
  );
}

export function buildRenderer() {
  const inputs = [
    ...filesBelow("renderer"),
    ...filesBelow("shared"),
    "vite.config.mts",
    "scripts/setup/licences.mjs",
    "package-lock.json",
  ];
  once(join("dist", ".renderer-stamp"), inputs, () => {
    run("Building the pages", engineNode(), [
      join("node_modules", "vite", "bin", "vite.js"),
      "build",
      "--logLevel",
      "warn",
    ]);
  });
}

/** The desktop app, into `out/`. */
export function buildDesktop() {
  const folders = ["electron", "renderer", "shared"].flatMap(filesBelow);
  const inputs = [...folders, "electron.vite.config.mts", "vite.config.mts", "package-lock.json"];
  once(join("out", ".desktop-stamp"), inputs, () => {
    run("Building the desktop app", engineNode(), [...ELECTRON_VITE, "build", "--logLevel", "warn"]);
  });
}

export const ELECTRON_VITE = [join("node_modules", "electron-vite", "bin", "electron-vite.js")];

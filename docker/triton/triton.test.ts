import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layOutModels, prepareTriton, startTriton } from "../../scripts/servers/triton.mjs";
import { readDockerfile } from "../testing/dockerfile.ts";
import { DOCKER, loadProject } from "../testing/project.ts";

/** Triton's commands as compose.yaml has them, on a real server: an older one, with other ports. */

const { install, missing } = prepareTriton();
const { services } = loadProject("cpu");

describe.skipIf(install === null)(`the commands of Triton${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let repository: string;
  let server: Awaited<ReturnType<typeof startTriton>>;
  beforeAll(async () => {
    if (install === null) return;
    repository = mkdtempSync(join(tmpdir(), "shelfmatch-models-"));
    const [command, target, ...options] = services.models?.command ?? [];
    expect([command, target]).toEqual(["lay-out", "--target=/models"]);
    expect(services["triton-cpu"]?.command).toContain("--model-repository=/models");
    layOutModels(repository, options);
    const flags = (services["triton-cpu"]?.command ?? []).slice(1);
    server = await startTriton(install, {
      repository,
      flags: flags.filter((flag) => !flag.startsWith("--model-repository=")),
    });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(repository, { recursive: true, force: true });
  });

  test("load what the app needs before they call the server ready", async () => {
    const [program = "", ...args] = services["triton-cpu"]?.healthcheck?.test.slice(1) ?? [];
    const check = spawnSync(
      program,
      args.map((part) => part.replace("http://127.0.0.1:8000", server.url)),
    );
    expect(check.status).toBe(0);
    const answer = await fetch(`${server.url}/v2/repository/index`, { method: "POST", body: '{"ready":true}' });
    const models = (await answer.json()) as { name: string }[];
    expect(models.map(({ name }) => name).sort()).toEqual(["all-minilm-l6-v2", "efficientnet-lite0"]);
  });

  test("let models come and go by request, the others of the repository too", async () => {
    const other = readdirSync(repository).find((name) => !server.log().includes(`successfully loaded '${name}'`)) ?? "";
    const load = await fetch(`${server.url}/v2/repository/models/${other}/load`, { method: "POST" });
    expect(load.status).toBe(200);
    expect((await fetch(`${server.url}/v2/models/${other}/ready`)).status).toBe(200);
  });
});

test("the image has what the tests' server has", () => {
  const pins = (file: string) =>
    new Map(
      [...readFileSync(file, "utf8").matchAll(/^([\w-]+)==([\w.]+)/gm)].map(([, name = "", version = ""]) => [
        name,
        version,
      ]),
    );
  const tests = pins(join(DOCKER, "..", "scripts", "servers", "triton-requirements.txt"));
  // The image has its own server, and its own numpy.
  for (const name of ["nvidia-pytriton", "numpy"]) tests.delete(name);
  expect(pins(join(DOCKER, "triton", "requirements.txt"))).toEqual(tests);
});

test("it runs as the user whom compose.yaml names, and lays out from where it copies to", () => {
  const stage = readDockerfile("triton/Dockerfile").stages.at(-1);
  expect(stage?.user).toBe(services["triton-cpu"]?.user);
  expect(stage?.copies.flatMap(({ sources }) => sources)).toEqual([
    "docker/triton/requirements.txt",
    "triton/weights",
    "triton/shelfmatch_triton",
  ]);
});

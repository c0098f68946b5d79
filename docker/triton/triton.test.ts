import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layOutModels, prepareTriton, startTriton } from "../../scripts/servers/triton.mjs";
import { pythonTools } from "../../scripts/setup/python.mjs";
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
    layOutModels(
      repository,
      options.map((option) => option.replace("=/describer", `=${join(DOCKER, "describer")}`)),
    );
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
    "docker/triton/tensorrt-bindings.txt",
    "docker/triton/tensorrt-bindings.sh",
    "docker/triton/cuda-bindings.txt",
    "docker/triton/serve.sh",
    "triton/weights",
    "triton/shelfmatch_triton",
  ]);
});

/** Runs one of the image's scripts by this machine's shell. */
function script(name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync("sh", [join(DOCKER, "triton", name), ...args], { encoding: "utf8" });
  return { status, lines: stdout.split("\n").filter(Boolean), stderr };
}

describe("the profile gpu", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "shelfmatch-plans-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("starts Triton by its command, with every plan loaded that was laid out", () => {
    const gpu = loadProject("gpu").services["triton-gpu"];
    for (const service of [gpu, services["triton-cpu"]])
      expect(service?.entrypoint).toEqual(["sh", "/opt/shelfmatch/serve.sh"]);
    const command = (gpu?.command ?? []).map((word) => word.replace("=/models", `=${folder}`));
    for (const model of ["dinov2-small-fp16", "efficientnet-lite0-fp16w"]) {
      mkdirSync(join(folder, model, "1"), { recursive: true });
      writeFileSync(join(folder, model, "1", "model.plan"), "");
    }
    mkdirSync(join(folder, "efficientnet-lite0", "1"), { recursive: true });
    // `printf` in the place of tritonserver says what it was called with.
    const { lines } = script("serve.sh", "printf", "%s\\n", ...command.slice(1));
    expect(lines).toEqual([
      ...command.slice(1),
      "--load-model=dinov2-small-fp16",
      "--load-model=efficientnet-lite0-fp16w",
    ]);
    mkdirSync(join(folder, "describe"));
    writeFileSync(join(folder, "describe", "config.pbtxt"), "");
    const described = script("serve.sh", "printf", "%s\\n", ...command.slice(1)).lines;
    expect(described).toEqual([...lines, "--load-model=describe"]);
    rmSync(join(folder, "describe"), { recursive: true });
    rmSync(join(folder, "dinov2-small-fp16"), { recursive: true });
    rmSync(join(folder, "efficientnet-lite0-fp16w"), { recursive: true });
    expect(script("serve.sh", "printf", "%s\\n", ...command.slice(1)).lines).toEqual(command.slice(1));
  });

  test("has bindings of the very TensorRT that is in the image, or says that it has none", () => {
    const pins = join(DOCKER, "triton", "tensorrt-bindings.txt");
    for (const [version, pinned] of [
      ["10.16.1", "10.16.1.11"],
      ["10.14.1", "10.14.1.48.post1"],
      ["11.0.0", "11.0.0.114"],
    ] as const) {
      const library = join(folder, `libnvinfer.so.${version}`);
      writeFileSync(library, "");
      symlinkSync(library, join(folder, `link-${version}`));
      const { status, lines } = script("tensorrt-bindings.sh", pins, join(folder, `link-${version}`));
      expect([status, lines.length]).toEqual([0, 1]);
      expect(lines[0]).toMatch(new RegExp(`^tensorrt-cu13-bindings==${pinned} (--hash=sha256:[0-9a-f]{64} ?){2}$`));
    }
    writeFileSync(join(folder, "libnvinfer.so.9.9.9"), "");
    const { status, stderr } = script("tensorrt-bindings.sh", pins, join(folder, "libnvinfer.so.9.9.9"));
    expect(status).toBe(1);
    expect(stderr).toContain("No bindings are pinned for TensorRT 9.9.9");
  });

  test("builds plans by a command that this version has", () => {
    const { entrypoint, command } = loadProject("gpu").services.plans ?? {};
    expect(entrypoint).toEqual(["python3", "-m", "shelfmatch_triton"]);
    const known = spawnSync(pythonTools()?.("python") ?? "python3", ["-m", "shelfmatch_triton", "deploy", "--help"], {
      cwd: join(DOCKER, "..", "triton"),
      encoding: "utf8",
    });
    for (const word of command?.slice(1) ?? []) expect(known.stdout).toContain(word.split("=")[0]);
  });
});

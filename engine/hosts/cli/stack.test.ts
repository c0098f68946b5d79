import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MoveReport, StackStatus } from "../../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { StackControl } from "../../services.ts";
import type { EngineFactory } from "../hosted-engine.ts";
import { openTestServices } from "../testing/services.ts";
import { runCli } from "./program.ts";

/** `stack`, `move` and `--profile`: what they ask of the engine, and what they make of its answers. */

let folder: string;
/** What the engine's control of the stack is played by, over the one without Docker. */
let stack: Partial<StackControl>;
let profiles: string[];
const running: { stop: AbortController; ended: Promise<unknown> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-stack-"));
  stack = {};
  profiles = [];
});
afterEach(async () => {
  for (const { stop, ended } of running.splice(0)) {
    stop.abort();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

const createEngine: EngineFactory = async ({ dataFolder, config }) => {
  const { profile } = config.current.parts;
  profiles.push(profile);
  const { services, close } = await openTestServices(dataFolder);
  Object.assign(services.stack, stack);
  return { services: { ...services, health: async () => ({ ...(await services.health()), profile }) }, close };
};

function start(...args: string[]) {
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = { out: "", err: "" };
  stdout.on("data", (chunk) => (texts.out += chunk));
  stderr.on("data", (chunk) => (texts.err += chunk));
  const io = { stdout, stderr, env: { SHELFMATCH_DATA: "data" }, cwd: folder, signal: stop.signal };
  const ended = runCli(args, io, createEngine).then((code) => ({ code, ...texts }));
  return { stop, texts, ended };
}
const run = (...args: string[]) => start(...args).ended;
const lines = (out: string): unknown[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

async function serving(...args: string[]): Promise<void> {
  const server = start("serve", "--port", "0", "--json", ...args);
  running.push(server);
  await vi.waitFor(() => expect(server.texts.out).toContain("url"), 10_000);
}

const status: StackStatus = {
  profile: "stack",
  services: [
    {
      ...{ name: "Qdrant", address: "http://127.0.0.1:6333", parts: ["index"], state: "down", detail: "Start it." },
      ...{ version: null, latencyMs: null, breaker: "open", inFlight: 0, queued: 0, calls: 9, failures: 5 },
      lastFailure: null,
    },
  ],
  docker: { state: "ready", detail: "Docker 29, Compose 2.40", gpu: true },
  containers: [{ service: "qdrant", state: "exited", health: "", exitCode: 137 }],
};

describe.each(["its own engine", "the engine that runs"])("with %s", (door) => {
  const attached = async () => {
    if (door === "the engine that runs") await serving();
  };

  it("status: every service, Docker and the containers; 1 where a service is down", async () => {
    stack.status = async () => status;
    await attached();
    const json = await run("stack", "status", "--json");
    expect(lines(json.out)).toEqual([status]);
    expect(json.code).toBe(1);
    const { out } = await run("stack", "status");
    expect(out).toMatch(/^Qdrant +down +index +open +9 +5 +http:\/\/127\.0\.0\.1:6333$/m);
    expect(out).toMatch(/^Qdrant: Start it\.$/m);
    expect(out).toContain("Docker ready: Docker 29, Compose 2.40, with an NVIDIA GPU");
    expect(out).toMatch(/^qdrant +exited \(137\)$/m);
  });

  it("up: Compose's lines on stderr as they come, one line on stdout at the end", async () => {
    const asked: unknown[] = [];
    stack.up = async function* (accelerator) {
      asked.push(accelerator);
      yield { kind: "line", text: " Container qdrant  Started\u001b[2J" };
      yield { kind: "done", seconds: 4.5 };
    };
    await attached();
    const json = await run("stack", "up", "--gpu", "--json");
    expect(json).toMatchObject({ code: 0, err: " Container qdrant  Started [2J\n" });
    expect(lines(json.out)).toEqual([{ kind: "done", seconds: 4.5 }]);
    expect((await run("stack", "up")).out).toBe("The services run. (4.5 s)\n");
    await run("stack", "up", "--cpu");
    expect(asked).toEqual(["gpu", undefined, "cpu"]);
  });

  it("down: a Compose that fails is its code on stdout, its words on stderr, exit 1", async () => {
    stack.down = async function* () {
      yield { kind: "line", text: "stopping" };
      throw new ShelfmatchError("SERVICE_UNAVAILABLE", "Docker Compose failed (exit 17).");
    };
    await attached();
    const { code, out, err } = await run("stack", "down", "--json");
    expect(lines(out)).toEqual([
      { error: { code: "SERVICE_UNAVAILABLE", message: "Docker Compose failed (exit 17).", retryable: true } },
    ]);
    expect(err).toContain("stopping\n");
    expect(code).toBe(1);
  });

  it("models: one line each, loaded and unloaded by name", async () => {
    const loaded = new Set(["image"]);
    const models = async () =>
      ["image", "text"].map((name) => ({
        ...{ name, version: "1", state: loaded.has(name) ? "READY" : "UNAVAILABLE", reason: "" },
        ...{ inferences: 40, executions: 10, cacheHits: 2, averageMs: 3.25 },
      }));
    stack.models = models;
    stack.loadModel = async (name) => {
      loaded.add(name);
      return models();
    };
    stack.unloadModel = async (name) => {
      loaded.delete(name);
      return models();
    };
    await attached();
    expect((await run("stack", "models")).out).toMatch(/^image +1 +READY +40 +10 +2 +3\.3 ms$/m);
    const states = (out: string) => lines(out).map((line) => (line as { state: string }).state);
    expect(states((await run("stack", "models", "load", "text", "--json")).out)).toEqual(["READY", "READY"]);
    expect(states((await run("stack", "models", "unload", "image", "--json")).out)).toEqual(["UNAVAILABLE", "READY"]);
  });

  it("move: notes on stderr, the report on stdout", async () => {
    const report: MoveReport = {
      ...{ to: "stack", products: 3, pictures: 2, vectors: 4, toEmbed: 1, runs: 2, lines: 700, marks: 1 },
      kept: { bin: 5, changes: 6, views: 7 },
      ...{ checked: { products: 3, pictures: 2, hash: "abc" }, seconds: 1.5 },
    };
    stack.move = async function* () {
      yield { kind: "progress", phase: "products", done: 3, total: 3 };
      yield { kind: "note", text: "1 products get new vectors" };
      yield { kind: "report", report };
    };
    await attached();
    const json = await run("move", "--to", "stack", "--json");
    expect(json).toMatchObject({ code: 0, err: "1 products get new vectors\n" });
    expect(lines(json.out)).toEqual([report]);
    expect((await run("move", "--to", "stack")).out).toMatch(
      /3 products with 2 pictures[\s\S]*5 entries of the bin[\s\S]*both sides: abc\n$/,
    );
  });
});

it("without Docker and without Triton it is said what is missing", async () => {
  expect(await run("stack", "status")).toMatchObject({ code: 0, out: expect.stringContaining("Install Docker") });
  expect(await run("stack", "up")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("Install Docker") });
  expect(await run("stack", "models")).toMatchObject({ code: 1, err: expect.stringContaining("INVALID_INPUT") });
});

it("Ctrl-C breaks a start off: 130, and the engine hears of it", async () => {
  let stopped = false;
  stack.up = async function* (_, signal) {
    yield { kind: "line", text: "pulling" };
    await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
    stopped = true;
    throw new ShelfmatchError("CANCELLED", "Docker Compose was stopped half-way.");
  };
  const starting = start("stack", "up");
  await vi.waitFor(() => expect(starting.texts.err).toContain("pulling"), 10_000);
  starting.stop.abort();
  expect((await starting.ended).code).toBe(130);
  expect(stopped).toBe(true);
});

it.each([
  [["stack", "up", "--gpu", "--cpu"]],
  [["stack", "models", "load"]],
  [["stack", "nonsense"]],
  [["move"]],
  [["move", "--to", "cloud"]],
  [["doctor", "--profile", "cloud"]],
])("%j is a usage error: 64, no engine", async (args) => {
  expect(await run(...args)).toMatchObject({ code: 64, out: "" });
  expect(profiles).toEqual([]);
});

describe("--profile", () => {
  it("is what a hosted engine gets, whichever the command", async () => {
    expect((await run("products", "list", "--profile", "stack")).code).toBe(0);
    expect((await run("products", "list")).code).toBe(0);
    await serving("--profile", "stack");
    expect(profiles).toEqual(["stack", "embedded", "stack"]);
  });

  it("joins the engine that runs in it, and refuses one that does not", async () => {
    await serving("--profile", "stack");
    expect((await run("products", "list", "--profile", "stack")).code).toBe(0);
    const other = await run("products", "list", "--profile", "embedded", "--json");
    expect(lines(other.out)).toMatchObject([{ error: { code: "ENGINE_RUNNING" } }]);
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("in the stack profile") });
    expect((await run("serve", "--profile", "embedded")).code).toBe(1);
  });
});

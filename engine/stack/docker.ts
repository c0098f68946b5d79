import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { ComposeEvent, Container, DockerState } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { composeVariables } from "./own-services.ts";

/** Control of the Compose project through the `docker` command: its API has no Compose. */
export interface Docker {
  state(): Promise<DockerState>;
  /** Empty where there is no project, or no Docker. */
  containers(): Promise<Container[]>;
  /**
   * Makes the secrets that are missing, starts the services and waits until their health checks are content. Without the
   * project's web host: the app that asks is one itself.
   * @throws ShelfmatchError SERVICE_UNAVAILABLE, FILE_NOT_READABLE where the secrets can't be written
   */
  up(accelerator: "cpu" | "gpu", signal?: AbortSignal): AsyncGenerator<ComposeEvent, void>;
  /** Stops them; volumes stay. @throws ShelfmatchError SERVICE_UNAVAILABLE */
  down(signal?: AbortSignal): AsyncGenerator<ComposeEvent, void>;
  /** Of the Compose project, as the services are started with. */
  variables(): ReturnType<typeof composeVariables>;
}

const COMPOSE_FILE = join(import.meta.dirname, "..", "..", "docker", "compose.yaml");
/** An engine that hangs must not hold up a page. */
const QUESTION_MS = 5_000;
/** Lines of a failed command that are shown with it. */
const LAST_LINES = 8;

const infoSchema = z.looseObject({
  ServerVersion: z.string().optional(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  ServerErrors: z.array(z.string()).nullish(),
});
const containerRow = z.looseObject({
  Service: z.string(),
  State: z.string(),
  Health: z.string().default(""),
  ExitCode: z.number().int().default(0),
});

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

const INSTALL = "Install Docker with its Compose plugin (docs.docker.com/engine/install), then look here again.";

interface DockerOptions {
  command?: string;
  file?: string;
  /** Folder of the services' secrets, unless STACK_SECRETS names another; beside the file by itself. */
  secrets?: string | undefined;
}

export function createDocker({ command = "docker", file = COMPOSE_FILE, secrets }: DockerOptions = {}): Docker {
  const variables = () => composeVariables(dirname(file), process.env, secrets);

  async function makeMissingSecrets(): Promise<void> {
    const folder = variables().STACK_SECRETS;
    try {
      // Loaded here: the web host's image has no docker/ and starts no services.
      const { makeSecrets } = await import("../../docker/secrets.mjs");
      makeSecrets(folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The services' secrets can't be made in ${folder}: ${reason}. Name a folder that can be written in STACK_SECRETS.`;
      throw new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
    }
  }

  /** @returns null where the command can't be started */
  async function ask(args: readonly string[]): Promise<Outcome | null> {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: QUESTION_MS });
    const parts = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (parts.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (parts.err += text));
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return { code, ...parts };
    } catch {
      return null;
    }
  }

  async function state(): Promise<DockerState> {
    const [compose, info] = await Promise.all([
      ask(["compose", "version", "--short"]),
      ask(["info", "--format", "{{json .}}"]),
    ]);
    if (compose === null || info === null) {
      return { state: "missing", detail: `There is no docker command on the PATH. ${INSTALL}`, gpu: false };
    }
    if (compose.code !== 0) {
      return { state: "missing", detail: `This docker has no Compose plugin. ${INSTALL}`, gpu: false };
    }
    const said = infoSchema.safeParse(parseOrNull(info.out)).data;
    if (info.code !== 0 || said?.ServerVersion === undefined || said.ServerVersion === "") {
      const reason = said?.ServerErrors?.[0] ?? info.err.trim().split("\n").at(-1) ?? "no answer";
      const detail = `Docker's engine does not answer (${reason}). Start it, and see that this user may use it.`;
      return { state: "no-engine", detail, gpu: false };
    }
    const detail = `Docker ${said.ServerVersion}, Compose ${compose.out.trim()}`;
    return { state: "ready", detail, gpu: Object.hasOwn(said.Runtimes ?? {}, "nvidia") };
  }

  async function* compose(args: readonly string[], signal?: AbortSignal): AsyncGenerator<ComposeEvent, void> {
    const started = performance.now();
    const child = spawn(command, ["compose", "--file", file, "--progress", "plain", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, STACK_SECRETS: variables().STACK_SECRETS },
      // Its own group: Compose's plugin is a child of the docker command, and a stop must reach both.
      detached: process.platform !== "win32",
    });
    const stop = () => {
      if (child.pid === undefined) return;
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, "SIGTERM");
    };
    signal?.addEventListener("abort", stop, { once: true });
    const closed = once(child, "close") as Promise<[number | null]>;
    closed.catch(() => undefined);
    const last: string[] = [];
    let ended = false;
    try {
      // Compose tells its progress on stderr and prints nothing on stdout that matters here.
      child.stdout.resume();
      for await (const text of createInterface({ input: child.stderr })) {
        if (text.trim() === "") continue;
        last.push(text);
        if (last.length > LAST_LINES) last.shift();
        yield { kind: "line", text };
      }
      const [code] = await closed.catch((error: unknown): never => {
        throw new ShelfmatchError("SERVICE_UNAVAILABLE", `The docker command could not be started. ${INSTALL}`, {
          cause: error,
        });
      });
      ended = true;
      if (signal?.aborted) throw new ShelfmatchError("CANCELLED", "Docker Compose was stopped half-way.");
      if (code !== 0) {
        const message = `Docker Compose failed (exit ${code}): ${last.join(" · ")}. See \`docker compose logs\`, mend what it names, and try again.`;
        throw new ShelfmatchError("SERVICE_UNAVAILABLE", message);
      }
      yield { kind: "done", seconds: Math.round((performance.now() - started) / 100) / 10 };
    } finally {
      signal?.removeEventListener("abort", stop);
      if (!ended) stop();
    }
  }

  return {
    state,
    async containers() {
      const answer = await ask(["compose", "--file", file, "--profile", "*", "ps", "--all", "--format", "json"]);
      if (answer === null || answer.code !== 0) return [];
      // One JSON object a line; Compose before 2.21 printed one array.
      return answer.out
        .split("\n")
        .flatMap((line) => [parseOrNull(line)].flat())
        .flatMap((row) => containerRow.safeParse(row).data ?? [])
        .map(({ Service, State, Health, ExitCode }) => ({
          ...{ service: Service, state: State, health: Health, exitCode: ExitCode },
        }));
    },
    async *up(accelerator, signal) {
      await makeMissingSecrets();
      yield* compose(["--profile", accelerator, "up", "--detach", "--wait", "--scale", "web=0"], signal);
    },
    variables,
    down: (signal) => compose(["--profile", "*", "down"], signal),
  };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import type { DockerState, ServedModel, Service, StackStatus } from "../../shared/contract/stack.ts";
import type { Health } from "../../shared/contract/system.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { RemoteHealth } from "../lib/remote/remote-service.ts";
import type { StackControl } from "../services.ts";
import type { Docker } from "./docker.ts";

/** A part of the app, as its adapter's health says it. */
export interface PartHealth {
  name: Health["components"][number]["name"];
  state: Health["components"][number]["state"];
  detail: string;
  remote?: RemoteHealth;
}

/** Control of a model server. */
export interface ModelServer {
  models(): Promise<ServedModel[]>;
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
}

interface StackControlOptions {
  profile: StackStatus["profile"];
  parts(): Promise<PartHealth[]>;
  docker: Docker;
  /** Called when the services run. @returns a line for the user, or null */
  onStarted?(): Promise<string | null>;
  /** null where no model server is in use. */
  models: ModelServer | null;
  move: StackControl["move"];
}

const RANK = { ready: 0, degraded: 1, down: 2 };

/** One entry a service: several parts may run on one, and the worst of them says how it is. */
export function servicesOf(parts: readonly PartHealth[]): Service[] {
  const services = new Map<string, Service>();
  for (const { name, state, detail, remote } of parts) {
    if (remote === undefined) continue;
    const { lastFailure, latencyMs, ...status } = remote;
    const known = services.get(remote.name);
    if (known !== undefined) {
      if (!known.parts.includes(name)) known.parts.push(name);
      if (RANK[state] > RANK[known.state]) Object.assign(known, { state, detail });
      continue;
    }
    services.set(remote.name, {
      ...status,
      parts: [name],
      state,
      detail,
      latencyMs: latencyMs === null ? null : Math.round(latencyMs * 100) / 100,
      lastFailure: lastFailure === null ? null : { ...lastFailure, time: new Date(lastFailure.time).toISOString() },
    });
  }
  return [...services.values()];
}

export function createStackControl(options: StackControlOptions): StackControl {
  const { profile, parts, docker, models, move, onStarted } = options;
  /** Only one Compose command at a time: two would fight over the same containers. */
  let composing = false;

  async function* alone<T>(events: () => AsyncGenerator<T, void>): AsyncGenerator<T, void> {
    if (composing) throw new ShelfmatchError("BUSY", "Docker Compose is at work already. Wait until it is done.");
    composing = true;
    try {
      yield* events();
    } finally {
      composing = false;
    }
  }

  /** What is missing is said before a command fails over it in its own words. */
  async function usableDocker(): Promise<DockerState> {
    const state = await docker.state();
    if (state.state !== "ready") throw new ShelfmatchError("SERVICE_UNAVAILABLE", state.detail);
    return state;
  }

  function server(): ModelServer {
    if (models !== null) return models;
    const message = "The models run inside the app: there is no Triton to ask. Choose the stack profile for one.";
    throw new ShelfmatchError("INVALID_INPUT", message);
  }

  return {
    async status() {
      const [all, state] = await Promise.all([parts(), docker.state()]);
      const containers = state.state === "ready" ? await docker.containers() : [];
      return { profile, services: servicesOf(all), docker: state, containers };
    },
    up: (accelerator, signal) =>
      alone(async function* () {
        const { gpu } = await usableDocker();
        for await (const event of docker.up(accelerator ?? (gpu ? "gpu" : "cpu"), signal)) {
          const text = event.kind === "done" ? await onStarted?.() : undefined;
          if (text) yield { kind: "line" as const, text };
          yield event;
        }
      }),
    down: (signal) =>
      alone(async function* () {
        await usableDocker();
        yield* docker.down(signal);
      }),
    models: async () => server().models(),
    async loadModel(name) {
      await server().load(name);
      return server().models();
    },
    async unloadModel(name) {
      await server().unload(name);
      return server().models();
    },
    move,
  };
}

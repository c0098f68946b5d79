import { expect, test } from "vitest";
import type { RemoteHealth } from "../lib/remote/remote-service.ts";
import { createStackControl, servicesOf } from "./control.ts";
import { createDocker } from "./docker.ts";

const remote = (name: string, rest: Partial<RemoteHealth> = {}): RemoteHealth => ({
  ...{ name, address: `${name}:1`, version: "1.2.3", breaker: "closed", inFlight: 0, queued: 0, calls: 3 },
  ...{ failures: 0, latencyMs: 1.23456, lastFailure: null, ...rest },
});

test("a service that carries several parts is one, and as bad as the worst of them", () => {
  const services = servicesOf([
    { name: "encoder", state: "ready", detail: "1 thread" },
    { name: "catalogue", state: "ready", detail: "fine", remote: remote("MongoDB") },
    { name: "journal", state: "degraded", detail: "12 entries wait", remote: remote("MongoDB") },
    {
      ...{ name: "index", state: "down", detail: "not reachable" },
      remote: remote("Qdrant", { lastFailure: { time: 0, code: "TIMEOUT", message: "slow" } }),
    },
  ]);
  expect(services).toMatchObject([
    { name: "MongoDB", parts: ["catalogue", "journal"], state: "degraded", detail: "12 entries wait", latencyMs: 1.23 },
    { name: "Qdrant", parts: ["index"], state: "down", lastFailure: { time: "1970-01-01T00:00:00.000Z" } },
  ]);
});

test("without a model server its control says where there is one, and one Compose command runs at a time", async () => {
  const ready = { state: "ready" as const, detail: "Docker 29", gpu: false };
  const control = createStackControl({
    profile: "embedded",
    parts: async () => [],
    docker: {
      ...createDocker({ command: "no-docker-here" }),
      state: async () => ready,
      async *up() {
        yield { kind: "line", text: "starting" };
        yield { kind: "done", seconds: 1 };
      },
    },
    models: null,
    async *move() {},
  });
  await expect(control.models()).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const first = control.up("cpu")[Symbol.asyncIterator]();
  await first.next();
  const second = control.up("cpu")[Symbol.asyncIterator]();
  await expect(second.next()).rejects.toMatchObject({ code: "BUSY" });
  await first.return?.();
  expect(await control.up("cpu")[Symbol.asyncIterator]().next()).toMatchObject({ value: { kind: "line" } });
  expect(await control.status()).toMatchObject({ profile: "embedded", services: [], docker: { state: "ready" } });
});

test("without a usable Docker nothing is started, and what to install is said", async () => {
  const control = createStackControl({
    ...{ profile: "embedded", parts: async () => [], models: null, async *move() {} },
    docker: createDocker({ command: "no-docker-here" }),
  });
  for (const events of [control.up("cpu"), control.down()]) {
    const first = events[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(first).rejects.toThrow(/Install Docker/);
  }
});

import { describe, expect, it } from "vitest";
import type { Service, StackStatus } from "../../../shared/contract/stack.ts";
import {
  adviceFor,
  batchLine,
  callsLine,
  containerWords,
  isHere,
  overall,
  partsLine,
  queueLine,
  settingsHref,
  worstFirst,
} from "./words.ts";

const service = (rest: Partial<Service> = {}): Service => ({
  ...{ name: "Qdrant", address: "http://127.0.0.1:6333", parts: ["index"], state: "down", detail: "not reachable" },
  ...{ version: null, latencyMs: null, breaker: "open", inFlight: 0, queued: 0, calls: 9, failures: 5 },
  ...{ lastFailure: null, ...rest },
});
const status = (rest: Partial<StackStatus> = {}): StackStatus => ({
  ...{ profile: "stack", services: [], containers: [] },
  ...{ docker: { state: "ready", detail: "Docker 29", gpu: false }, ...rest },
});
const failed = (code: string) => ({ time: "2027-01-01T00:00:00.000Z", code, message: "no" });

describe("what to do about a service", () => {
  it("is nothing while it is ready", () => {
    expect(adviceFor(service({ state: "ready" }), status())).toBeNull();
  });

  it("is to start the services where they would run here and do not", () => {
    expect(adviceFor(service(), status())).toMatchObject({ action: "start" });
    const ended = { service: "qdrant", state: "exited", health: "", exitCode: 137 };
    expect(adviceFor(service(), status({ containers: [ended] }))).toMatchObject({ action: "start" });
  });

  it("names the container that runs and does not answer, whatever Compose calls it", () => {
    const containers = [
      { service: "triton-cpu", state: "running", health: "unhealthy", exitCode: 0 },
      { service: "mongo-init", state: "exited", health: "", exitCode: 0 },
      { service: "mongo", state: "running", health: "starting", exitCode: 0 },
    ];
    const about = (name: string) => adviceFor(service({ name }), status({ containers }));
    expect(about("Triton")?.text).toContain("docker compose logs triton-cpu");
    expect(about("MongoDB")?.text).toContain("is starting");
    expect(about("Qdrant")?.action).toBe("start");
  });

  it("is to wait for Triton while plans are built for the GPU, and for no other service", () => {
    const containers = [{ service: "plans", state: "running", health: "", exitCode: 0 }];
    const triton = service({ name: "Triton", parts: ["encoder"] });
    expect(adviceFor(triton, status({ containers }))).toMatchObject({ action: null });
    expect(adviceFor(triton, status({ containers }))?.text).toContain("docker compose logs plans");
    expect(adviceFor(service(), status({ containers }))?.action).toBe("start");
    const done = containers.map((one) => ({ ...one, state: "exited" }));
    expect(adviceFor(triton, status({ containers: done }))?.action).toBe("start");
  });

  it("leads to the settings for credentials, versions and addresses, wherever it runs", () => {
    for (const code of ["SERVICE_DENIED", "SERVICE_MISMATCH", "SERVICE_BAD_ANSWER"]) {
      const advice = adviceFor(service({ lastFailure: failed(code) }), status());
      expect(advice?.action).toBe("settings");
      expect(advice?.text).not.toBe("");
    }
    expect(adviceFor(service({ address: "https://qdrant.shop.example" }), status())).toMatchObject({
      action: "settings",
    });
  });

  it("is to start Docker where its engine is off", () => {
    const docker = { state: "no-engine" as const, detail: "", gpu: false };
    expect(adviceFor(service(), status({ docker }))?.text).toContain("Start Docker");
  });
});

it("knows addresses of this machine", () => {
  const here = [
    "http://127.0.0.1:8000",
    "mongodb://127.0.0.1:27017/?replicaSet=rs0",
    "localhost:6333",
    "http://[::1]:1",
  ];
  expect(here.filter((address) => !isHere(address))).toEqual([]);
  const elsewhere = ["http://10.0.0.4:8000", "https://localhost.example.com", "http://host/127.0.0.1x"];
  expect(elsewhere.filter(isHere)).toEqual([]);
});

it("says what runs on a service, and how busy it is", () => {
  expect(partsLine(["encoder"])).toBe("Runs the models");
  expect(partsLine(["catalogue", "journal"])).toBe("Keeps products and pictures, journal");
  expect(queueLine({ inFlight: 0, queued: 0 })).toBe("Nothing waits");
  expect(queueLine({ inFlight: 64, queued: 12 })).toBe("64 under way, 12 waiting");
  expect(callsLine({ calls: 0, failures: 0 })).toBe("None yet");
  expect(callsLine({ calls: 7, failures: 2 })).toBe("7, 2 failed");
  expect(settingsHref("MongoDB")).toBe("/settings#settings-mongo");
  expect(settingsHref("Something")).toBe("/settings");
});

it("tells a container whose work is done from one that failed", () => {
  const words = (state: string, health: string, exitCode = 0) =>
    containerWords({ service: "x", state, health, exitCode }).label;
  expect(words("exited", "")).toBe("Ended well");
  expect(words("exited", "", 137)).toBe("Failed (137)");
  expect(words("running", "healthy")).toBe("Healthy");
  expect(words("running", "")).toBe("Running");
  expect(words("running", "unhealthy")).toBe("Not healthy");
  expect(words("paused", "")).toBe("paused");
  const plans = (state: string) => containerWords({ service: "plans", state, health: "", exitCode: 0 }).label;
  expect([plans("running"), plans("exited")]).toEqual(["Building plans for the GPU", "Ended well"]);
});

it("sums up models and services", () => {
  expect(batchLine({ inferences: 64, executions: 16 })).toBe("4.0");
  expect(batchLine({ inferences: 0, executions: 0 })).toBe("–");
  expect(batchLine({ inferences: null, executions: null })).toBe("–");
  expect(overall([])).toBeNull();
  const [ready, degraded, down] = (["ready", "degraded", "down"] as const).map((state) => service({ state }));
  expect(overall([service({ state: "ready" })])?.label).toBe("All services are ready");
  expect(overall([ready, degraded, down].flatMap((one) => one ?? []))).toEqual({
    label: "1 not working, 1 partly working",
    color: "red",
  });
  expect(worstFirst([ready, degraded, down].flatMap((one) => one ?? [])).map(({ state }) => state)).toEqual([
    "down",
    "degraded",
    "ready",
  ]);
});

import { expect, it } from "vitest";
import { defaultConfig } from "../../../../shared/config.ts";
import type { Service, StackStatus } from "../../../../shared/contract/stack.ts";
import { partsFinding, stackFindings } from "./doctor-stack.ts";

const service = (rest: Partial<Service>): Service => ({
  ...{ name: "Qdrant", address: "http://127.0.0.1:6333", parts: ["index"], state: "ready", detail: "54 points" },
  ...{ version: "1.19.0", latencyMs: 2.5, breaker: "closed", inFlight: 0, queued: 0, calls: 9, failures: 0 },
  ...{ lastFailure: null, ...rest },
});
const docker = { state: "ready" as const, detail: "Docker 29", gpu: false };
const status = (rest: Partial<StackStatus>): StackStatus => ({
  ...{ profile: "stack", services: [], containers: [], docker },
  ...rest,
});

it("names each service with its state, version and address, and what to do", () => {
  const down = service({ name: "MongoDB", state: "down", version: null, latencyMs: null, breaker: "open" });
  const findings = stackFindings(status({ services: [service({}), { ...down, detail: "refused. Start it." }] }));
  expect(findings).toMatchObject([
    { name: "Qdrant", ok: true, detail: "ready, version 1.19.0, at http://127.0.0.1:6333, 2.5 ms: 54 points" },
    { name: "MongoDB", ok: false, detail: expect.stringMatching(/^down, version not known.*breaker open: refused/) },
    { name: "docker", ok: true, detail: expect.stringContaining("`shelfmatch stack up` starts the services") },
  ]);
});

it("misses Docker only where a service of this machine is down", () => {
  const missing = { state: "missing" as const, detail: "Install Docker.", gpu: false };
  const ofDocker = (services: Service[]) => stackFindings(status({ services, docker: missing })).at(-1);
  expect(ofDocker([])).toMatchObject({ ok: true, detail: expect.stringContaining("not needed: the embedded profile") });
  expect(ofDocker([service({})])).toMatchObject({ ok: true, detail: expect.stringContaining("run without it") });
  expect(ofDocker([service({ state: "down", address: "http://qdrant.shop.example" })])?.ok).toBe(true);
  expect(ofDocker([service({ state: "down", address: "mongodb://127.0.0.1:27017/?replicaSet=rs0" })])).toMatchObject({
    ok: false,
    detail: "missing: Install Docker.",
  });
});

it("says which adapters are in force, and what chose them", () => {
  const config = { ...defaultConfig, parts: { ...defaultConfig.parts, index: "qdrant" as const } };
  const settings = { config, fixed: [], origins: {}, atStart: [], restart: [] };
  expect(partsFinding(settings).detail).toBe(
    "profile embedded: encoder onnx, describer embedded, index qdrant (settings), catalog sqlite, journal sqlite",
  );
  const given = partsFinding({ ...settings, fixed: ["parts.profile", "parts.index"], restart: ["parts.journal"] });
  expect(given.detail).toContain("profile embedded (command line or environment)");
  expect(given.detail).toContain("index qdrant (command line or environment)");
  expect(given.detail).toContain("from the next start on");
});

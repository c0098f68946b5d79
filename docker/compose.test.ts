import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { variableOf } from "../engine/config/environment.ts";
import { SETTING_PATHS } from "../engine/config/setting-paths.ts";
import { readDockerfile } from "./testing/dockerfile.ts";
import { DOCKER, loadProject, PROFILES, type Service } from "./testing/project.ts";

/** What holds for the stack as a whole, asked of the normalised project: of what Compose would really start. */

const ONE_SHOTS = ["models", "plans", "mongo-init"];
const PINNED = /^[\w./-]+:[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}$/;
const SECRET_NAME = /PASSWORD|TOKEN|SECRET|API_KEY|CREDENTIAL/;

describe.each(PROFILES)("profile %s", (profile) => {
  const project = loadProject(profile);
  const services = Object.entries(project.services);
  const longRunning = services.filter(([name]) => !ONE_SHOTS.includes(name));

  test("has each part once", () => {
    expect(Object.keys(project.services).sort()).toEqual(
      ["models", "mongo", "mongo-init", "qdrant", `triton-${profile}`, "web"]
        .concat(profile === "gpu" ? ["plans"] : [])
        .sort(),
    );
  });

  test("Triton, and what builds its plans, have a GPU in the profile gpu only", () => {
    const devices = services.flatMap(([name, { deploy }]) =>
      (deploy?.resources.reservations?.devices ?? []).map(({ capabilities }) => [name, capabilities]),
    );
    expect(devices.map(([name]) => name).sort()).toEqual(profile === "cpu" ? [] : ["plans", "triton-gpu"]);
    for (const [, capabilities] of devices) expect(capabilities).toEqual(["gpu"]);
  });

  describe.each(services)("%s", (name, service) => {
    test("runs an image pinned by version and digest, or one of this repository, built on such", () => {
      if (service.build === undefined) return expect(service.image).toMatch(PINNED);
      const { context, dockerfile, args = {} } = service.build;
      const { stages, defaults } = readDockerfile(relative(DOCKER, join(context, dockerfile)));
      // Without Compose, the same is built.
      expect(defaults).toEqual(args);
      const names = stages.map(({ name }) => name);
      const bases = stages.map(({ base }) => base.replace(/\$\{(\w+)\}/, (_, name) => args[name] ?? ""));
      for (const base of bases.filter((each) => !names.includes(each))) expect(base).toMatch(PINNED);
    });

    test("can gain no privilege, and write only where it should", () => {
      expect(service).toMatchObject({ read_only: true, init: true, cap_drop: ["ALL"] });
      expect(service.security_opt).toContain("no-new-privileges:true");
      expect(service.cap_add ?? []).toEqual([]);
      expect(service.privileged ?? false).toBe(false);
      // The one root owns a new volume; it has neither a network nor a capability.
      if (service.user === "0:0") expect(service).toMatchObject({ network_mode: "none" });
      else expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      for (const { type, read_only } of service.volumes) if (type === "bind") expect(read_only).toBe(true);
    });

    test("has limits, and logs that end somewhere", () => {
      const limits = service.deploy?.resources.limits;
      expect(limits?.cpus).toBeGreaterThan(0);
      expect(Number(limits?.memory)).toBeGreaterThan(2 ** 28);
      expect(limits?.pids).toBeGreaterThan(0);
      expect(service.logging?.options).toMatchObject({
        "max-size": expect.any(String),
        "max-file": expect.any(String),
      });
    });

    test("is published on loopback, or not at all", () => {
      for (const port of service.ports) expect(port.host_ip).toBe("127.0.0.1");
      if (service.network_mode === undefined) expect(Object.keys(service.networks)).toContain("inside");
      else expect(service.network_mode).toBe("none");
    });

    test("gets secrets as files", () => {
      const given = service.secrets.map(({ source }) => source);
      for (const [variable, value] of Object.entries(service.environment)) {
        if (!SECRET_NAME.test(variable)) continue;
        expect(variable).toMatch(/_FILE$/);
        expect(given).toContain(/^\/run\/secrets\/([\w-]+)$/.exec(value ?? "")?.[1]);
      }
      for (const argument of [...(service.command ?? []), ...(service.entrypoint ?? [])]) {
        for (const [, secret] of argument.matchAll(/\/run\/secrets\/([\w-]+)/g)) expect(given).toContain(secret);
      }
    });

    test("starts again by itself unless it ends when its work is done", () => {
      expect(service.restart).toBe(ONE_SHOTS.includes(name) ? "no" : "unless-stopped");
    });

    test("waits for what it needs, in a state that is really reached", () => {
      for (const [needed, { condition, required }] of Object.entries(service.depends_on)) {
        const other = project.services[needed];
        if (other === undefined) {
          expect(required, needed).toBe(false);
          continue;
        }
        if (ONE_SHOTS.includes(needed)) expect(condition).toBe("service_completed_successfully");
        // The set is made by mongo-init: MongoDB is healthy only afterwards.
        else expect(condition).toBe(name === "mongo-init" ? "service_started" : "service_healthy");
      }
    });

    test("mounts volumes that are declared, and folders that exist", () => {
      for (const { type, source } of service.volumes) {
        if (type === "bind") expect(existsSync(source), source).toBe(true);
        else expect(Object.keys(project.volumes)).toContain(source);
      }
    });
  });

  test.each(longRunning)("%s is watched by a health check", (_, service) => {
    expect(service.healthcheck?.test[0] ?? dockerfileOf(service)).toMatch(/^CMD$|^HEALTHCHECK /m);
  });

  test("every one-shot is waited for, so that `up --wait` takes its end for success", () => {
    const waitedFor = services.flatMap(([, { depends_on }]) => Object.keys(depends_on));
    for (const [name] of services) if (ONE_SHOTS.includes(name)) expect(waitedFor).toContain(name);
  });

  test("only what others can't reach from outside carries the traffic", () => {
    expect(project.networks.inside).toMatchObject({ internal: true });
    expect(project.networks.loopback).toMatchObject({
      driver_opts: {
        "com.docker.network.bridge.enable_ip_masquerade": "false",
        "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
      },
    });
    for (const [name, { aliases }] of services.flatMap(([name, { networks }]) =>
      networks.inside == null ? [] : ([[name, networks.inside]] as const),
    )) {
      expect(aliases).toEqual([name.startsWith("triton-") ? "triton" : undefined]);
    }
  });

  test("every secret comes from a file", () => {
    for (const secret of Object.values(project.secrets)) {
      expect(secret.file).toEqual(expect.any(String));
      expect(secret.environment).toBeUndefined();
    }
  });

  test("the web host's variables are settings, and reach the services by the names they have here", () => {
    const environment = project.services.web?.environment ?? {};
    const settings = SETTING_PATHS.map(variableOf);
    for (const variable of Object.keys(environment)) expect(settings).toContain(variable);
    const names = services.flatMap(([name, { networks }]) => networks.inside?.aliases ?? [name]);
    for (const url of Object.values(environment).filter((value) => value?.includes("://")))
      expect(names).toContain(new URL(url ?? "").hostname);
  });
});

test("a variable reaches what it is for", () => {
  const project = loadProject("gpu", {
    STACK_WEB_PORT: "9999",
    STACK_MONGO_MEMORY: "7g",
    STACK_SECRETS: "/elsewhere",
    STACK_GPU_COUNT: "3",
    STACK_GRAPHS: "/elsewhere/graphs",
    STACK_TRITON_BASE: "mirror.example/triton:1",
  });
  expect(project.services.web?.ports).toMatchObject([{ host_ip: "127.0.0.1", published: "9999", target: 7860 }]);
  expect(project.services.mongo?.deploy?.resources.limits.memory).toBe(String(7 * 2 ** 30));
  expect(project.secrets["server-token"]?.file).toBe("/elsewhere/server-token");
  expect(project.services["triton-gpu"]?.deploy?.resources.reservations?.devices).toMatchObject([{ count: 3 }]);
  expect(project.services.plans?.volumes.find(({ target }) => target === "/graphs")?.source).toBe("/elsewhere/graphs");
  expect(project.services.models?.build?.args).toEqual({ BASE: "mirror.example/triton:1" });
});

test("without a profile there is nothing to start", () => {
  expect(loadProject("neither").services).toEqual({});
});

function dockerfileOf({ build }: Service): string {
  return build === undefined ? "" : readFileSync(join(build.context, build.dockerfile), "utf8");
}

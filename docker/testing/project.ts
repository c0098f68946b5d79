import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { composeLoader } from "../../scripts/docker/tools.mjs";

export const DOCKER = join(import.meta.dirname, "..");
export const COMPOSE_FILE = join(DOCKER, "compose.yaml");
export const PROFILES = ["cpu", "gpu"] as const;

const service = z.looseObject({
  image: z.string(),
  build: z
    .looseObject({ context: z.string(), dockerfile: z.string(), args: z.record(z.string(), z.string()).optional() })
    .optional(),
  command: z.array(z.string()).nullish(),
  entrypoint: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string(), required: z.boolean() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  networks: z.record(z.string(), z.looseObject({ aliases: z.array(z.string()).optional() }).nullable()).default({}),
  network_mode: z.string().optional(),
  ports: z
    .array(z.looseObject({ host_ip: z.string().optional(), target: z.number(), published: z.string() }))
    .default([]),
  secrets: z.array(z.looseObject({ source: z.string(), target: z.string().optional() })).default([]),
  volumes: z
    .array(
      z.looseObject({ type: z.string(), source: z.string(), target: z.string(), read_only: z.boolean().optional() }),
    )
    .default([]),
  tmpfs: z.array(z.string()).default([]),
  user: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  privileged: z.boolean().optional(),
  cap_add: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.string().optional(),
  logging: z.looseObject({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
  deploy: z
    .looseObject({
      resources: z.looseObject({
        limits: z.looseObject({ cpus: z.number(), memory: z.string(), pids: z.number() }),
        reservations: z
          .looseObject({ devices: z.array(z.looseObject({ capabilities: z.array(z.string()) })) })
          .optional(),
      }),
    })
    .optional(),
});
const project = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  secrets: z.record(z.string(), z.looseObject({ file: z.string().optional(), environment: z.string().optional() })),
  volumes: z.record(z.string(), z.unknown()),
});

export type Service = z.infer<typeof service>;
export type Project = z.infer<typeof project>;

/** The compose file as Docker Compose understands it: interpolated, merged, of one profile, whatever `env` sets. */
export function loadProject(profile: string, env: Record<string, string> = {}): Project {
  const { run, missing } = composeLoader();
  if (run === null) throw new Error(missing);
  const { status, stdout, stderr } = run([profile, COMPOSE_FILE], env);
  if (status !== 0) throw new Error(`compose.yaml can't be loaded for the profile ${profile}: ${stderr}`);
  return project.parse(JSON.parse(stdout));
}

export const composeText = () => readFileSync(COMPOSE_FILE, "utf8");

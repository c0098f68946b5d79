import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { componentHealthSchema } from "./system.ts";

const profileSchema = z.enum(["embedded", "stack"]);
const acceleratorSchema = z.enum(["cpu", "gpu"]);

export const serviceSchema = z.object({
  name: z.string().describe("Triton, Qdrant, MongoDB, ..."),
  address: z.string(),
  parts: z.array(componentHealthSchema.shape.name).describe("What of the app runs on it."),
  state: componentHealthSchema.shape.state,
  detail: z.string().describe("What it is, or what is wrong and what to do about it."),
  version: z.string().nullable(),
  latencyMs: z.number().nullable().describe("Median of the latest calls."),
  breaker: z
    .enum(["closed", "open", "half-open"])
    .describe("open: calls are refused at once until one that is let through succeeds."),
  inFlight: z.number().int(),
  queued: z.number().int(),
  calls: z.number().int().describe("Since the engine started."),
  failures: z.number().int(),
  lastFailure: z.object({ time: z.iso.datetime(), code: z.string(), message: z.string() }).nullable(),
});
export type Service = z.infer<typeof serviceSchema>;

export const dockerSchema = z.object({
  state: z
    .enum(["ready", "no-engine", "missing"])
    .describe("no-engine: the command is there and its engine does not answer. missing: no docker with compose."),
  detail: z.string(),
  gpu: z.boolean().describe("Whether containers can use an NVIDIA GPU."),
});
export type DockerState = z.infer<typeof dockerSchema>;

const containerSchema = z.object({
  service: z.string(),
  state: z.string().describe("running, exited, restarting, ..."),
  health: z.string().describe("healthy, unhealthy, starting, or empty where it has no check."),
  exitCode: z.number().int().describe("Of one that has ended: 0 where its work is done."),
});
export type Container = z.infer<typeof containerSchema>;

export const stackStatusSchema = z.object({
  profile: profileSchema.describe("As the settings say it; single parts may be chosen otherwise."),
  services: z.array(serviceSchema).describe("None where every part is embedded."),
  docker: dockerSchema,
  containers: z.array(containerSchema).describe("Of this app's Compose project."),
});
export type StackStatus = z.infer<typeof stackStatusSchema>;

const composeEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("line"), text: z.string() }),
  z.object({ kind: z.literal("done"), seconds: z.number() }),
]);
export type ComposeEvent = z.infer<typeof composeEventSchema>;

export const modelSchema = z.object({
  name: z.string(),
  version: z.string(),
  state: z.string().describe("READY, UNAVAILABLE, LOADING, UNLOADING."),
  reason: z.string().describe("Why it is not ready."),
  inferences: z.number().int().nullable(),
  executions: z.number().int().nullable().describe("Batches: fewer than inferences where batching works."),
  cacheHits: z.number().int().nullable(),
  averageMs: z.number().nullable().describe("Of one execution, without waiting."),
});
export type ServedModel = z.infer<typeof modelSchema>;

export const movePhaseSchema = z.enum(["products", "vectors", "history", "journal", "check"]);

export const moveReportSchema = z.object({
  to: profileSchema,
  products: z.number().int(),
  pictures: z.number().int(),
  vectors: z.number().int().describe("Copied as they are."),
  toEmbed: z.number().int().describe("Products whose vectors are made anew: another encoder runs there."),
  kept: z
    .object({ bin: z.number().int(), changes: z.number().int(), views: z.number().int() })
    .describe("Entries of the bin, changes in the products' history, saved filters."),
  runs: z.number().int(),
  lines: z.number().int(),
  marks: z.number().int().describe("Problems that somebody has marked."),
  checked: z.object({
    products: z.number().int(),
    pictures: z.number().int().describe("Read back, with their content hash right."),
    hash: z.string().describe("SHA-256 over every product's fields and pictures: the same on both sides."),
  }),
  seconds: z.number(),
});
export type MoveReport = z.infer<typeof moveReportSchema>;

export const moveEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), phase: movePhaseSchema, done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal("note"), text: z.string() }),
  z.object({ kind: z.literal("report"), report: moveReportSchema }),
]);
export type MoveEvent = z.infer<typeof moveEventSchema>;

const tags = ["stack"];
const model = z.object({ name: z.string().min(1) });

export const stackContract = {
  status: base
    .route({ method: "GET", path: "/stack", summary: "Every service, how it is and what to do about it", tags })
    .output(stackStatusSchema),
  up: base
    .route({
      method: "POST",
      path: "/stack/up",
      summary: "Start the services with Docker Compose, as server-sent events (for callers on this machine)",
      tags,
    })
    .input(z.object({ accelerator: acceleratorSchema.optional().describe("A GPU where Docker has one.") }))
    .output(eventIterator(composeEventSchema)),
  down: base
    .route({
      method: "POST",
      path: "/stack/down",
      summary: "Stop the services; their data stays (for callers on this machine)",
      tags,
    })
    .output(eventIterator(composeEventSchema)),
  models: base
    .route({ method: "GET", path: "/stack/models", summary: "Models that Triton serves, with their statistics", tags })
    .output(z.array(modelSchema)),
  loadModel: base
    .route({ method: "POST", path: "/stack/models/{name}/load", summary: "Load a model, or load it anew", tags })
    .input(model)
    .output(z.array(modelSchema)),
  unloadModel: base
    .route({ method: "POST", path: "/stack/models/{name}/unload", summary: "Unload a model", tags })
    .input(model)
    .output(z.array(modelSchema)),
  move: base
    .route({
      method: "POST",
      path: "/stack/moves",
      summary: "Copy catalogue, vectors and journal to the other profile and check the copy, as server-sent events",
      tags,
    })
    .input(
      z.object({
        to: profileSchema,
        replace: z
          .boolean()
          .default(false)
          .describe("Delete there what this catalogue does not have; else such products refuse the move."),
      }),
    )
    .output(eventIterator(moveEventSchema)),
};

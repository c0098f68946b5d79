import { z } from "zod";
import { configSchema } from "../config.ts";
import { base } from "./base.ts";

export const componentHealthSchema = z.object({
  name: z.enum(["encoder", "describer", "index", "catalogue", "journal"]),
  adapter: z.string(),
  state: z.enum(["ready", "degraded", "down"]),
  detail: z.string().describe("What it is, or what is wrong and what to do about it."),
});
export type ComponentHealth = z.infer<typeof componentHealthSchema>;

export const healthSchema = z.object({
  status: z.enum(["ready", "degraded", "down"]),
  version: z.string(),
  profile: z.string(),
  dataFolder: z.string().nullable().describe("Told to callers on this machine only."),
  fingerprint: z.object({ image: z.string(), text: z.string() }),
  components: z.array(componentHealthSchema),
  products: z
    .object({
      total: z.number().int(),
      pending: z.number().int(),
      indexed: z.number().int(),
      failed: z.number().int(),
    })
    .nullable()
    .describe("By the state of their vectors; null while the catalogue does not answer."),
  reembedding: z
    .object({
      from: z.string().describe("Fingerprint of the image encoder that is searched with until it is done."),
      to: z.string(),
      done: z.number().int(),
      failed: z.number().int(),
      total: z.number().int(),
    })
    .nullable()
    .describe("Products being embedded anew for another encoder; null where nothing is."),
  uptimeSeconds: z.number(),
  startMs: z.number().describe("From process start to ready."),
  memoryBytes: z.number().int(),
});
export type Health = z.infer<typeof healthSchema>;

const tags = ["system"];

export const encoderChoiceSchema = z.object({
  name: z.string().describe("What the setting takes."),
  place: z.enum(["app", "models", "triton"]).describe("app: shipped. models: the data folder's `models`."),
  fault: z.string().nullable().describe("Why it can't be chosen."),
  dimensions: z.number().int().nullable(),
  precision: z.string().nullable(),
  side: z.number().int().nullable().describe("Of the squares that it looks at, in pixels."),
  bytes: z.number().int().nullable(),
  findsByWords: z.boolean().describe("Whether a text encoder of its space is there: words then find pictures."),
  searched: z.boolean().describe("Whether the vectors that are searched now are its own."),
});
export type EncoderChoice = z.infer<typeof encoderChoiceSchema>;

export const encoderChoicesSchema = z.object({
  setting: z.enum(["encoder.imageModel", "triton.imageModel"]).describe("The setting that chooses among them."),
  folder: z.string().nullable().describe("Where others are put; told to callers on this machine only."),
  choices: z.array(encoderChoiceSchema),
});
export type EncoderChoices = z.infer<typeof encoderChoicesSchema>;

export const encoderTrialSchema = z.object({
  name: z.string(),
  fingerprint: z.string(),
  searched: z.boolean().describe("Whether the vectors that are searched now are its own: nothing would be embedded."),
  tried: z.number().int().describe("Products of the catalogue that were embedded, to see that it works and how fast."),
  seconds: z.number().describe("That those took, from the picture's bytes to vectors."),
  products: z.number().int().describe("Products that the whole catalogue has."),
  estimatedSeconds: z.number().describe("For the whole catalogue, at that pace."),
});
export type EncoderTrial = z.infer<typeof encoderTrialSchema>;

const settingsSchema = z.object({
  config: configSchema,
  fixed: z
    .array(z.string())
    .describe("Settings given by the command line or the environment, as dotted paths: not editable."),
  origins: z
    .record(z.string(), z.string())
    .describe("Of those, where each is given, in words: the command line, the variable SHELFMATCH_SERVER_PORT."),
  atStart: z.array(z.string()).describe("Settings whose changes apply at the next start."),
  restart: z.array(z.string()).describe("Of those, the ones that were changed since this one."),
});
export type Settings = z.infer<typeof settingsSchema>;

export const aboutSchema = z.object({
  version: z.string(),
  commit: z.string().nullable().describe("Of the sources; null where it is not known."),
  node: z.string(),
  platform: z.string().describe("Operating system, its release, architecture."),
  processors: z.string(),
  memoryBytes: z.number().int().describe("Of the machine."),
  profile: z.string(),
  parts: z.record(z.string(), z.string()).describe("Which adapter stands behind each part."),
  fingerprint: z.object({ image: z.string(), text: z.string() }),
  calibration: z.object({
    fingerprint: z.string().describe("Of the image encoder that it was measured with."),
    measuredOn: z.string(),
    fits: z.boolean().describe("Whether that encoder is the one in use."),
  }),
});
export type About = z.infer<typeof aboutSchema>;

export const systemContract = {
  health: base
    .route({ method: "GET", path: "/health", summary: "What runs, how it is, and what to do about it", tags })
    .output(healthSchema),
  about: base
    .route({ method: "GET", path: "/about", summary: "Versions, models and machine: what a bug report needs", tags })
    .output(aboutSchema),
  settings: base
    .route({ method: "GET", path: "/settings", summary: "The configuration in force (tokens blanked)", tags })
    .output(settingsSchema),
  updateSettings: base
    .route({ method: "PATCH", path: "/settings", summary: "Change settings; kept in the data folder", tags })
    .input(z.object({ changes: z.record(z.string(), z.unknown()).describe('Dotted path to value: {"match.top": 10}') }))
    .output(settingsSchema),
  encoders: base
    .route({ method: "GET", path: "/encoders", summary: "The image encoders that can be chosen", tags })
    .output(encoderChoicesSchema),
  tryEncoder: base
    .route({
      method: "POST",
      path: "/encoders/{name}/trial",
      summary: "Embed a few products with an encoder, keeping nothing: does it work, and how long would all take?",
      tags,
    })
    .input(z.object({ name: z.string().min(1).max(128) }))
    .output(encoderTrialSchema),
};

import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import {
  evaluationComparisonSchema,
  evaluationReportSchema,
  evaluationSettingSchema,
  figureSchema,
} from "./evaluation-report.ts";

/** How well matching does on this catalogue: runs over queries whose right product is known, kept to be looked at again. */

const madeSchema = z.object({
  kind: z.literal("made").describe("Queries made of catalogue pictures, as a phone would spoil them."),
  products: z.coerce.number().int().min(2).max(100_000).optional().describe("Sample at most so many products."),
  transformations: z.array(z.string()).min(1).optional().describe("All, unless said."),
});
const feedbackSchema = z.object({
  kind: z.literal("feedback").describe("Photos of matches that somebody has judged, as far as they were kept."),
});

export const evaluationOptionsSchema = z.object({
  name: z.string().trim().max(120).optional().describe("To know it by among the others."),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1)
    .describe("The same seed makes the same queries."),
  leaveOut: z
    .boolean()
    .default(true)
    .describe("Ask every query once more with its product left out: does the answer say that it is not there?"),
  baselines: z.boolean().default(true).describe("Ask pHash and the image encoder with one view alone, beside."),
  setting: evaluationSettingSchema.default({}).describe("What is otherwise than in the app's settings."),
  against: evaluationSettingSchema.optional().describe("A second setting, asked the same queries side by side."),
});
export type EvaluationOptions = z.infer<typeof evaluationOptionsSchema>;
export type EvaluationOptionsInput = z.input<typeof evaluationOptionsSchema>;

export const evaluationStateSchema = z.enum(["preparing", "running", "done", "failed", "cancelled"]);

export const evaluationSummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  state: evaluationStateSchema,
  time: z.iso.datetime().describe("When it was started."),
  source: z.object({ kind: z.enum(["made", "folder", "feedback"]), name: z.string() }),
  options: evaluationOptionsSchema,
  embedding: z
    .object({ encoder: z.string(), done: z.number().int(), total: z.number().int() })
    .nullable()
    .default(null)
    .describe("While the catalogue is embedded by another encoder: products so far, of all."),
  done: z.number().int().describe("Queries dealt with."),
  total: z.number().int().nullable().describe("Null until they are counted."),
  secondsLeft: z.number().nullable(),
  seconds: z.number(),
  products: z.number().int(),
  fingerprint: z.string(),
  headline: z
    .object({ recallAt1: figureSchema, auroc: figureSchema, noneOnAbsent: figureSchema, ece: figureSchema })
    .nullable()
    .describe("Null until it is done."),
  notes: z.array(z.string()).describe("What was left out, and why."),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

export const evaluationSchema = evaluationSummarySchema.extend({ report: evaluationReportSchema.nullable() });
export type Evaluation = z.infer<typeof evaluationSchema>;

const tags = ["evaluation"];
const reference = z.object({ id: z.uuid() });

export const evaluateContract = {
  start: base
    .route({
      method: "POST",
      path: "/evaluations",
      summary: "Measure on queries made of this catalogue, or on judged photos",
      tags,
      successStatus: 202,
    })
    .input(
      evaluationOptionsSchema.extend({
        source: z.discriminatedUnion("kind", [madeSchema, feedbackSchema]).default({ kind: "made" }),
      }),
    )
    .output(evaluationSummarySchema),
  startFolder: base
    .route({
      method: "POST",
      path: "/evaluations/folders",
      summary: "Measure on photos of your own: a folder a SKU, `_absent` for what the catalogue does not have",
      tags,
      successStatus: 202,
    })
    .input(
      z.object({
        files: z.array(z.file()).min(1),
        paths: z.array(z.string()).optional().describe("Path of each file, in the same order: `SKU-1/photo.jpg`."),
        options: evaluationOptionsSchema.prefault({}),
      }),
    )
    .output(evaluationSummarySchema),
  startPath: base
    .route({
      method: "POST",
      path: "/evaluations/path",
      summary:
        "The same for a folder of this machine (for the command line and the desktop; refused to any other caller)",
      tags,
      successStatus: 202,
    })
    .input(z.object({ path: z.string().min(1), options: evaluationOptionsSchema.prefault({}) }))
    .output(evaluationSummarySchema),
  list: base
    .route({ method: "GET", path: "/evaluations", summary: "Evaluations, newest first", tags })
    .output(z.array(evaluationSummarySchema)),
  get: base
    .route({ method: "GET", path: "/evaluations/{id}", summary: "One evaluation with its report", tags })
    .input(reference)
    .output(evaluationSchema),
  watch: base
    .route({ method: "GET", path: "/evaluations/{id}/events", summary: "Progress, as server-sent events", tags })
    .input(reference)
    .output(eventIterator(evaluationSummarySchema)),
  cancel: base
    .route({ method: "POST", path: "/evaluations/{id}/cancel", summary: "Stop it; nothing of it is kept", tags })
    .input(reference)
    .output(evaluationSummarySchema),
  remove: base
    .route({ method: "DELETE", path: "/evaluations/{id}", summary: "Delete a kept evaluation", tags })
    .input(reference)
    .output(reference),
  compare: base
    .route({
      method: "GET",
      path: "/evaluations/{id}/comparison",
      summary: "Two evaluations, or two ways of one, on the queries that both have",
      tags,
    })
    .input(
      reference.extend({
        system: z.string().optional().describe("The deciding one, unless said."),
        with: z.uuid().optional().describe("The other evaluation; the same one, unless said."),
        withSystem: z.string().optional(),
      }),
    )
    .output(evaluationComparisonSchema),
  picture: base
    .route({ method: "GET", path: "/evaluations/{id}/pictures/{query}", summary: "A query that went wrong", tags })
    .input(reference.extend({ query: z.coerce.number().int().min(0) }))
    .output(z.file()),
  export: base
    .route({
      method: "GET",
      path: "/evaluations/{id}/export",
      summary: "Every query as CSV, or the whole report as one HTML file",
      tags,
    })
    .input(reference.extend({ format: z.enum(["csv", "html"]).default("html") }))
    .output(z.file()),
};

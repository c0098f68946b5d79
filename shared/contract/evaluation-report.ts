import { z } from "zod";
import { hashSchema } from "./domain.ts";
import { stageSchema, verdictSchema } from "./match.ts";

/** What an evaluation has measured. */

const flag = z.union([z.boolean(), z.stringbool()]);

/** What an evaluation can try: of the settings `match.*`, and of the call. What is left out is as the app has it. */
export const evaluationSettingSchema = z.strictObject({
  verify: flag.optional(),
  readText: flag.optional(),
  precision: z.coerce.number().min(0.5).max(0.999).optional(),
  absentRate: z.coerce.number().min(0.001).max(0.5).optional(),
  describe: flag.optional().describe("Whether a vision-language model describes each query, where one is set up."),
  encoder: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "Another image encoder, as GET /encoders names it: the whole catalogue is embedded by it for this evaluation.",
    ),
});
export type EvaluationSetting = z.infer<typeof evaluationSettingSchema>;

const interval = z.tuple([z.number(), z.number()]);

export const figureSchema = z.object({
  value: z.number().nullable().describe("Null where nothing was measured."),
  interval: interval.nullable().describe("95 %, by a bootstrap over products."),
  n: z.number().int().describe("Queries behind it."),
});
export type Figure = z.infer<typeof figureSchema>;

const verdictFigures = z.object({ match: figureSchema, similar: figureSchema, none: figureSchema });

const sliceSchema = z.object({
  by: z.enum(["category", "transformation", "severity"]),
  name: z.string().describe("The category, or the transformation."),
  severity: z
    .enum(["mild", "medium", "severe"])
    .nullable()
    .describe("With `severity`: the third of that transformation."),
  recallAt1: figureSchema,
  noneOnPresent: figureSchema,
  noneOnAbsent: figureSchema,
});
export type Slice = z.infer<typeof sliceSchema>;

const point = z.object({ x: z.number(), y: z.number(), threshold: z.number() });

const curvesSchema = z.object({
  roc: z.array(point).describe("x: absent products above the threshold, y: present ones."),
  precisionRecall: z.array(point).describe("x: recall, y: precision of the first candidate, over the threshold."),
  reliability: z
    .array(
      z.object({ from: z.number(), to: z.number(), n: z.number().int(), confidence: z.number(), right: z.number() }),
    )
    .describe("Bins of confidence: what was said, and how often it was right. Empty where it is no probability."),
  scores: z
    .object({ present: z.array(z.number().int()), absent: z.array(z.number().int()) })
    .nullable()
    .describe("Answers by confidence, in 20 bins."),
});

export const systemReportSchema = z.object({
  id: z.string().describe("visual, verified, refined; b.* of the second setting; plain, b.plain, phash."),
  kind: z.enum(["stage", "baseline"]),
  setting: z.enum(["a", "b"]).nullable(),
  stage: stageSchema.nullable(),
  recallAt1: figureSchema,
  recallAt5: figureSchema,
  recallAt10: figureSchema,
  mrr: figureSchema.describe("Mean of one over the right product's place; 0 where it is not found."),
  auroc: figureSchema.describe("Chance that a present product's score is above an absent one's."),
  ece: figureSchema.describe("Expected calibration error of the first candidate's confidence, ten bins."),
  matchPrecision: figureSchema.describe("Share of `match` verdicts that were right, absent products among them."),
  verdicts: z.object({ present: verdictFigures, absent: verdictFigures }).nullable(),
  curves: curvesSchema,
  slices: z.array(sliceSchema),
});
export type SystemReport = z.infer<typeof systemReportSchema>;

const named = z.object({ sku: z.string(), name: z.string(), picture: hashSchema.nullable() });

export const worstQuerySchema = z.object({
  query: z.number().int(),
  label: z.string().describe("File, transformation or time of the match."),
  asked: z.enum(["present", "absent"]).describe("absent: its product was left out, or is in no catalogue."),
  picture: z.enum(["kept", "run"]).describe("run: the journal has it, as long as it keeps photos."),
  runId: z.string().nullable(),
  wanted: named.nullable().describe("Null where no product is right."),
  given: named.nullable(),
  rank: z.number().int().nullable(),
  confidence: z.number(),
  verdict: verdictSchema.nullable(),
});
export type WorstQuery = z.infer<typeof worstQuerySchema>;

const differenceSchema = z.object({
  figure: z.enum(["recallAt1", "recallAt5", "recallAt10", "mrr", "auroc", "ece", "noneOnPresent", "noneOnAbsent"]),
  a: z.number().nullable(),
  b: z.number().nullable(),
  difference: figureSchema.describe("b less a, with the interval of the pairs."),
});

const sideSchema = z.object({ id: z.uuid().nullable(), name: z.string(), system: z.string() });

export const evaluationComparisonSchema = z.object({
  a: sideSchema,
  b: sideSchema,
  queries: z.number().int().describe("That both were asked."),
  left: z.number().int().describe("Queries of only one of them: not compared."),
  figures: z.array(differenceSchema),
  slices: z.array(
    z.object({
      by: z.enum(["category", "transformation"]),
      name: z.string(),
      a: z.number().nullable(),
      b: z.number().nullable(),
      difference: figureSchema.describe("Of recall at 1."),
    }),
  ),
  gained: z.number().int().describe("Queries that b answers right and a does not."),
  lost: z.number().int(),
});
export type EvaluationComparison = z.infer<typeof evaluationComparisonSchema>;

export const evaluationReportSchema = z.object({
  queries: z.number().int(),
  present: z.number().int().describe("Questions whose product was there to be found."),
  absent: z.number().int().describe("Questions whose product was not."),
  products: z.number().int().describe("In the catalogue."),
  fingerprint: z.string(),
  calibrated: z.boolean().describe("Whether the confidences were measured with this encoder."),
  settings: z
    .array(
      z.object({
        id: z.enum(["a", "b"]),
        verify: z.boolean(),
        readText: z.boolean(),
        precision: z.number(),
        absentRate: z.number(),
        describe: z.boolean().default(false),
        encoder: z.string().optional().describe("Absent where it is the one that the app searches with."),
        fingerprint: z.string().nullable().default(null).describe("Of the image encoder; null in older reports."),
      }),
    )
    .describe("As they were in force."),
  deciding: z.string().describe("The system that users get the answer of."),
  systems: z.array(systemReportSchema),
  comparison: evaluationComparisonSchema.nullable().describe("Of the two settings."),
  worst: z.array(worstQuerySchema),
  seconds: z.number(),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

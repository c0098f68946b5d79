import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { hashSchema, regionSchema, skuSchema } from "./domain.ts";
import { matchResultSchema, verdictSchema } from "./match.ts";

export const levelSchema = z.enum(["debug", "info", "warn", "error"]);
export type Level = z.infer<typeof levelSchema>;

export const journalEntrySchema = z.object({
  id: z.number().int().describe("Grows with time; a cursor for paging."),
  time: z.iso.datetime(),
  level: levelSchema,
  component: z.string().describe("match, import, catalogue, index, encoder, http, engine, ..."),
  runId: z.string().nullable(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** A query string says one value as itself and several as a list. */
const several = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(one).max(100)).optional();

const moment = z.iso.datetime({ offset: true });

/** What lines are picked by: all of it must hold. */
export const journalFilterSchema = z.object({
  level: levelSchema.optional().describe("This level and the ones above it."),
  levels: several(levelSchema).describe("One of these levels."),
  component: z.string().optional(),
  components: several(z.string()).describe("One of these components."),
  runId: z.string().optional(),
  problem: z.string().max(64).optional().describe("Lines of one problem, by its fingerprint."),
  since: moment.optional(),
  until: moment.optional(),
  text: z.string().max(500).optional().describe("Stands in the message or the data, in any case of letters."),
});
export type JournalFilter = z.infer<typeof journalFilterSchema>;

export const journalQuerySchema = journalFilterSchema.extend({
  before: z.coerce.number().int().optional().describe("Only entries older than this id."),
  after: z.coerce.number().int().optional().describe("Only entries newer than this id, the ones nearest to it."),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type JournalQuery = z.infer<typeof journalQuerySchema>;

/** What new lines are held against while they are followed. */
export const followFilterSchema = journalFilterSchema.omit({ since: true, until: true });
export type FollowFilter = z.infer<typeof followFilterSchema>;

const count = z.number().int().nonnegative();
const perLevel = z.object({ debug: count, info: count, warn: count, error: count });
const span = { since: moment.optional(), until: moment.optional() };
const points = z.coerce.number().int().min(1).max(200).default(60);

export const overviewSchema = z.object({
  total: count.describe("Lines that fit."),
  complete: z.boolean().describe("False where only the newest that fit were counted: there are at least so many."),
  levels: perLevel.describe("Lines of each level that fit all but the levels asked for."),
  components: z
    .array(z.object({ name: z.string(), count }))
    .describe("Lines of each component that fit all but the components asked for; the most first."),
  histogram: z.object({
    stepMs: z.number().describe("Width of a bar in milliseconds."),
    bars: z.array(perLevel.extend({ time: z.iso.datetime() })).describe("From the oldest on, gaps filled."),
  }),
  indexed: z
    .number()
    .min(0)
    .max(1)
    .describe("Share of the lines that is counted; below 1 after an update, for a while."),
});
export type JournalOverview = z.infer<typeof overviewSchema>;

export const problemStateSchema = z.enum(["known", "ignored", "resolved"]);
export type ProblemState = z.infer<typeof problemStateSchema>;

export const problemSchema = z
  .object({
    fingerprint: z.string(),
    level: levelSchema,
    component: z.string(),
    code: z.string().nullable().describe("Error code, where its lines have one."),
    title: z.string().describe("The message, what changes from line to line left out."),
    count,
    first: z.iso.datetime(),
    last: z.iso.datetime(),
    trend: z.array(count).describe("Lines in equal parts of the time asked about, the oldest first."),
    sample: journalEntrySchema.describe("The newest of its lines."),
    mark: z.object({ state: problemStateSchema, time: z.iso.datetime(), note: z.string().nullable() }).nullable(),
    returned: z.boolean().describe("Marked resolved, and seen again since."),
  })
  .describe("Warnings or errors that say the same of different things.");
export type Problem = z.infer<typeof problemSchema>;

export const problemQuerySchema = z.object({
  ...span,
  level: z.enum(["warn", "error"]).default("error").describe("This level and the ones above it."),
  component: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type ProblemQuery = z.infer<typeof problemQuerySchema>;

const percentiles = { count, p50: z.number(), p95: z.number(), p99: z.number() };
export const figuresSchema = z.object({
  stepMs: z.number(),
  times: z.array(z.iso.datetime()).describe("Beginnings of the steps; the lists below have one value for each."),
  verdicts: z
    .array(z.object({ match: count, similar: count, none: count, failed: count }))
    .describe("Runs by what came of them."),
  problems: z.array(z.object({ warn: count, error: count })).describe("Lines that are warnings and errors."),
  stages: z
    .array(
      z.object({
        name: z.string().describe("Stage of a match; `total` is all of it."),
        ...percentiles,
        series: z.array(z.object(percentiles).nullable()),
      }),
    )
    .describe("Milliseconds, true to 3 %; the stages that take longest first."),
});
export type JournalFigures = z.infer<typeof figuresSchema>;

export const usageSchema = z.object({
  lines: count,
  runs: count,
  oldest: z.iso.datetime().nullable(),
  newest: z.iso.datetime().nullable(),
  bytes: z.number().describe("What lines and runs take on disk, with their indexes."),
  photoBytes: z.number().describe("What kept query photos take."),
  photos: count,
  indexed: z.number().min(0).max(1).describe("Share of the lines that searching and counting know of."),
});
export type JournalUsage = z.infer<typeof usageSchema>;

export const runEvidenceSchema = z
  .object({
    fingerprint: z.string().describe("Of the image encoder that was searched with."),
    kind: z.string().describe("What had been compared when the answer was given."),
    features: z.array(z.string()),
    candidates: z.array(z.object({ sku: skuSchema, values: z.array(z.number()) })),
  })
  .describe("What the answer rests on, for calibrating: the features of every candidate.");

export const runSchema = z.object({
  runId: z.string(),
  time: z.iso.datetime(),
  kind: z.enum(["picture", "text", "picture+text", "barcode"]),
  source: z.string().nullable().describe("File name of the query picture."),
  text: z.string().nullable(),
  region: regionSchema
    .nullable()
    .default(null)
    .describe("The part of the picture that was asked about; null for all of it."),
  verdict: verdictSchema.nullable().describe("Null where the run failed."),
  result: matchResultSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  evidence: runEvidenceSchema.optional(),
  photo: hashSchema.nullable().describe("The query photo, where the settings keep it."),
  feedback: z
    .object({
      answer: z.enum(["right", "wrong", "this", "absent"]),
      sku: z.string().nullable(),
      note: z.string().nullable(),
      time: z.iso.datetime(),
    })
    .nullable(),
});
export type Run = z.infer<typeof runSchema>;

const tags = ["journal"];

export const journalContract = {
  list: base
    .route({ method: "GET", path: "/journal", summary: "Log lines and errors, newest first", tags })
    .input(journalQuerySchema)
    .output(z.object({ entries: z.array(journalEntrySchema), components: z.array(z.string()) })),
  follow: base
    .route({
      method: "GET",
      path: "/journal/events",
      summary: "New log lines as they come, as server-sent events",
      tags,
    })
    .input(followFilterSchema)
    .output(eventIterator(journalEntrySchema)),
  overview: base
    .route({
      method: "GET",
      path: "/journal/overview",
      summary: "How many lines fit, by level, component and over time",
      tags,
    })
    .input(journalFilterSchema.extend({ points }))
    .output(overviewSchema),
  export: base
    .route({
      method: "GET",
      path: "/journal/export",
      summary: "The lines that fit, newest first, as pieces of a file, as server-sent events",
      tags,
    })
    .input(journalFilterSchema.extend({ format: z.enum(["jsonl", "csv"]).default("jsonl") }))
    .output(eventIterator(z.object({ text: z.string(), lines: count.describe("Written so far.") }))),
  problems: base
    .route({ method: "GET", path: "/journal/problems", summary: "Errors that say the same, as one each", tags })
    .input(problemQuerySchema.extend({ points: points.default(24) }))
    .output(z.array(problemSchema)),
  problemRuns: base
    .route({
      method: "GET",
      path: "/journal/problems/{fingerprint}/runs",
      summary: "Runs in which a problem came up, newest first",
      tags,
    })
    .input(z.object({ fingerprint: z.string().min(1) }))
    .output(z.array(z.object({ runId: z.string(), time: z.iso.datetime() })).max(100)),
  mark: base
    .route({ method: "PUT", path: "/journal/problems/{fingerprint}", summary: "Mark a problem, or unmark it", tags })
    .input(
      z.object({
        fingerprint: z.string().min(1).max(64),
        state: problemStateSchema.nullable(),
        note: z.string().max(500).nullable().default(null),
      }),
    )
    .output(z.void()),
  figures: base
    .route({ method: "GET", path: "/journal/figures", summary: "Latencies, verdicts and errors over time", tags })
    .input(z.object({ since: moment, until: moment, points }))
    .output(figuresSchema),
  usage: base
    .route({ method: "GET", path: "/journal/usage", summary: "What the journal holds and takes on disk", tags })
    .output(usageSchema),
  purge: base
    .route({
      method: "POST",
      path: "/journal/purge",
      summary: "Remove what retention no longer keeps, or all that is older than a moment",
      tags,
    })
    .input(z.object({ before: moment.optional() }))
    .output(z.object({ lines: count, runs: count, photos: count })),
  runs: base
    .route({ method: "GET", path: "/runs", summary: "Matching runs, newest first", tags })
    .input(
      z.object({
        verdict: verdictSchema.optional(),
        before: z.iso.datetime({ offset: true }).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    )
    .output(z.array(runSchema)),
  run: base
    .route({ method: "GET", path: "/runs/{runId}", summary: "One run, whole", tags })
    .input(z.object({ runId: z.string().min(1) }))
    .output(runSchema),
  photo: base
    .route({ method: "GET", path: "/runs/{runId}/photo", summary: "A run's query photo, where it was kept", tags })
    .input(z.object({ runId: z.string().min(1) }))
    .output(z.file()),
};

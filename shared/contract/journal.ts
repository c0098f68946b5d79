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

export const journalQuerySchema = z.object({
  level: levelSchema.optional().describe("This level and the ones above it."),
  component: z.string().optional(),
  runId: z.string().optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  text: z.string().max(500).optional(),
  before: z.coerce.number().int().optional().describe("Only entries older than this id."),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type JournalQuery = z.infer<typeof journalQuerySchema>;

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
    .input(journalQuerySchema.pick({ level: true, component: true, runId: true, text: true }))
    .output(eventIterator(journalEntrySchema)),
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

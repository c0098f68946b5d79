import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { productQuerySchema } from "./catalog.ts";
import { currencySchema, priceSchema, productDraftSchema, skuSchema } from "./domain.ts";

/** Changes of many products at once, as a job: progress, cancel, undo. */

export const selectionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("some"), skus: z.array(skuSchema).min(1).max(100_000) }),
  z.object({
    kind: z.literal("all"),
    query: productQuerySchema.describe("Everything that fits it; its page does not matter."),
    except: z.array(skuSchema).max(100_000).default([]),
  }),
]);
export type Selection = z.infer<typeof selectionSchema>;

const { category, brand } = productDraftSchema.shape;
const signed = z.string().regex(/^[+-]?\d{1,12}(\.\d{1,4})?$/, "A number such as -2.50 or 10.");

export const bulkChangesSchema = z.object({
  category: category.unwrap().optional(),
  brand: brand.unwrap().optional(),
  price: z
    .discriminatedUnion("by", [
      z.object({ by: z.literal("set"), value: priceSchema }),
      z.object({ by: z.literal("amount"), value: signed }),
      z.object({ by: z.literal("percent"), value: signed }),
    ])
    .optional()
    .describe("Amount and percent leave products without a price alone; percent rounds half up to cents."),
  currency: currencySchema.optional(),
  attributes: z
    .record(z.string().trim().min(1), z.string().nullable())
    .optional()
    .describe("Sets these attributes; null takes one away."),
});
export type BulkChanges = z.infer<typeof bulkChangesSchema>;

export const bulkWorkSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("edit"), changes: bulkChangesSchema }),
  z.object({ kind: z.literal("delete") }),
  z.object({ kind: z.literal("reindex") }),
]);
export type BulkWork = z.infer<typeof bulkWorkSchema>;

export const bulkJobSchema = z.object({
  id: z.uuid(),
  kind: z.enum(["edit", "delete", "reindex", "undo"]),
  undoes: z.uuid().nullable().describe("Of an undo: the job that it takes back."),
  state: z.enum(["running", "done", "cancelled", "failed"]),
  startedAt: z.iso.datetime(),
  total: z.number().int(),
  done: z.number().int(),
  changed: z.number().int().describe("Products that are otherwise now."),
  refused: z.number().int(),
  refusals: z.array(z.object({ sku: z.string(), message: z.string() })).describe("The first hundred."),
  error: z.string().nullable(),
  undone: z.boolean(),
});
export type BulkJob = z.infer<typeof bulkJobSchema>;

const tags = ["catalogue"];
const reference = z.object({ id: z.uuid() });

export const bulkContract = {
  start: base
    .route({
      method: "POST",
      path: "/bulk",
      summary: "Change, delete or index anew many products; goes on by itself, one job at a time",
      tags,
      successStatus: 202,
    })
    .input(z.object({ selection: selectionSchema, work: bulkWorkSchema }))
    .output(bulkJobSchema),
  list: base
    .route({ method: "GET", path: "/bulk", summary: "Jobs since the engine's start, newest first", tags })
    .output(z.array(bulkJobSchema)),
  watch: base
    .route({ method: "GET", path: "/bulk/{id}/events", summary: "Progress of a job, as server-sent events", tags })
    .input(reference)
    .output(eventIterator(bulkJobSchema)),
  cancel: base
    .route({ method: "DELETE", path: "/bulk/{id}", summary: "Stop a job; what it did stays, and can be undone", tags })
    .input(reference)
    .output(bulkJobSchema),
  undo: base
    .route({
      method: "POST",
      path: "/bulk/{id}/undo",
      summary: "Take back what a job did, but for what was changed since; a job of its own",
      tags,
      successStatus: 202,
    })
    .input(reference)
    .output(bulkJobSchema),
};

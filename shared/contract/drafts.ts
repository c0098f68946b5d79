import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { pictureWordsSchema } from "./describe.ts";
import { hashSchema, productDraftSchema, productSchema, skuSchema } from "./domain.ts";

/** Descriptions that a vision-language model drafts for products without one. Nothing enters the catalogue unreviewed. */

export const draftSchema = z.object({
  sku: skuSchema,
  name: z.string().describe("Of the product, now."),
  picture: hashSchema.describe("What the model was shown."),
  words: pictureWordsSchema,
  description: z.string().describe("What would be written into the product."),
  fingerprint: z.string().describe("Of the describer."),
  time: z.iso.datetime(),
});
export type Draft = z.infer<typeof draftSchema>;

export const draftingProgressSchema = z.object({
  state: z.enum(["looking", "running", "done", "failed", "cancelled"]),
  done: z.number().int().describe("Products dealt with."),
  total: z
    .number()
    .int()
    .nullable()
    .describe("Products with a picture, no description and no draft; null while they are counted."),
  drafted: z.number().int(),
  failed: z
    .array(z.object({ sku: z.string(), code: z.string(), message: z.string() }))
    .describe("The first 100; `failedCount` counts all."),
  failedCount: z.number().int(),
  seconds: z.number(),
  secondsLeft: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type DraftingProgress = z.infer<typeof draftingProgressSchema>;

export const draftingStatusSchema = z.object({
  enabled: z.boolean(),
  reason: z.string().nullable().describe("Why it is off, and how it is switched on."),
  waiting: z.number().int().describe("Drafts to review."),
  job: draftingProgressSchema.nullable().describe("The one that runs, or the last of this run of the engine."),
});
export type DraftingStatus = z.infer<typeof draftingStatusSchema>;

const tags = ["drafts"];
const one = z.object({ sku: skuSchema });

export const draftsContract = {
  status: base
    .route({
      method: "GET",
      path: "/drafts/status",
      summary: "Whether descriptions can be drafted, and how far it is",
      tags,
    })
    .output(draftingStatusSchema),
  list: base
    .route({ method: "GET", path: "/drafts", summary: "Drafts to review, oldest first", tags })
    .input(
      z.object({
        page: z.coerce.number().int().min(1).default(1),
        pageSize: z.coerce.number().int().min(1).max(100).default(20),
      }),
    )
    .output(z.object({ items: z.array(draftSchema), total: z.number().int() })),
  start: base
    .route({
      method: "POST",
      path: "/drafts/jobs",
      summary: "Draft a description for every product that has a picture and none",
      tags,
      successStatus: 202,
    })
    .output(draftingProgressSchema),
  watch: base
    .route({ method: "GET", path: "/drafts/events", summary: "Progress of the drafting, as server-sent events", tags })
    .output(eventIterator(draftingProgressSchema)),
  cancel: base
    .route({ method: "POST", path: "/drafts/cancel", summary: "Stop drafting; drafts that are there stay", tags })
    .output(draftingStatusSchema),
  accept: base
    .route({
      method: "POST",
      path: "/drafts/{sku}/accept",
      summary: "Write a draft into its product, as it is or edited",
      tags,
    })
    .input(one.extend({ description: productDraftSchema.shape.description.unwrap().trim().min(1) }))
    .output(productSchema),
  reject: base
    .route({
      method: "POST",
      path: "/drafts/{sku}/reject",
      summary: "Drop a draft; the same model does not draft it again from this picture",
      tags,
    })
    .input(one)
    .output(one),
};

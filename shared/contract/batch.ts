import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { currencySchema, hashSchema, priceSchema, skuSchema } from "./domain.ts";
import { matchResultSchema, verdictSchema } from "./match.ts";

/** Many pictures matched one after the other, kept with their answers and with what a person decides about each. */

export const batchStateSchema = z
  .enum(["running", "watching", "paused", "done", "cancelled", "failed"])
  .describe("watching: all is matched, and new pictures in the folder will be. failed: the folder could not be read.");
export type BatchState = z.infer<typeof batchStateSchema>;

export const batchDecisionAnswerSchema = z
  .enum(["right", "this", "absent"])
  .describe("right: the answer is. this: another product is it. absent: it is none of the catalogue's.");
export type BatchDecisionAnswer = z.infer<typeof batchDecisionAnswerSchema>;

const count = z.number().int();
const failure = z.object({ code: z.string(), message: z.string() });

export const batchSummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  time: z.iso.datetime().describe("When it was started."),
  state: batchStateSchema,
  source: z.object({
    kind: z.enum(["upload", "folder"]),
    folder: z.string().nullable().describe("Told to callers of this machine alone."),
    watch: z.boolean().describe("Whether new pictures in the folder are matched as they come."),
  }),
  total: count,
  waiting: count.describe("Not matched yet; those at work among them."),
  done: count,
  failed: count.describe("That could not be matched; the others went on."),
  skipped: count.describe("Of the very same content as one before."),
  verdicts: z.object({ match: count, similar: count, none: count }),
  decided: z.object({ right: count, this: count, absent: count }),
  secondsLeft: z.number().nullable(),
  finished: z.iso.datetime().nullable().describe("When the last picture was matched; null while there are others."),
  picturesUntil: z.iso
    .datetime()
    .nullable()
    .describe("Uploaded pictures are deleted then; null where none were uploaded, or while they are still needed."),
  problem: failure.nullable().describe("What keeps it from going on now, or why it stopped."),
});
export type BatchSummary = z.infer<typeof batchSummarySchema>;

const namedProduct = z.object({
  sku: skuSchema,
  name: z.string(),
  price: priceSchema.nullable(),
  currency: currencySchema.nullable(),
  picture: hashSchema.nullable(),
});

export const batchItemStateSchema = z.enum(["waiting", "running", "done", "failed", "skipped"]);
export const batchItemSchema = z.object({
  item: count.describe("Its number in the batch, from 1."),
  file: z.string().describe("Path in the folder or in the upload."),
  state: batchItemStateSchema,
  runId: z.string().nullable().describe("Of the match, in the journal."),
  verdict: verdictSchema.nullable(),
  confidence: z.number().nullable().describe("Of the best match."),
  best: namedProduct.nullable(),
  error: failure.nullable(),
  sameAs: count.nullable().describe("The item of the same content, where it was skipped."),
  decision: z
    .object({ answer: batchDecisionAnswerSchema, product: namedProduct.nullable(), time: z.iso.datetime() })
    .nullable(),
});
export type BatchItem = z.infer<typeof batchItemSchema>;

export const batchItemDetailSchema = batchItemSchema.extend({
  result: matchResultSchema.nullable().describe("The whole answer, with the candidates; points of the best one alone."),
});
export type BatchItemDetail = z.infer<typeof batchItemDetailSchema>;

/** A folder of a hundred thousand photos is a day's work of a warehouse. */
export const BATCH_LIMIT = 200_000;
export const BATCH_PAGE = 500;

export const batchFilterSchema = z.object({
  state: batchItemStateSchema.optional(),
  verdict: verdictSchema.optional(),
  decision: z.enum(["open", "decided", "right", "this", "absent"]).optional().describe("open: not decided yet."),
  sku: skuSchema.optional().describe("Whose best match it is."),
  text: z.string().trim().max(200).optional().describe("In the file's path, or in the best match's SKU or name."),
  confidenceMin: z.coerce.number().min(0).max(1).optional(),
  confidenceMax: z.coerce.number().min(0).max(1).optional(),
});
export type BatchFilter = z.infer<typeof batchFilterSchema>;

export const batchSortSchema = z.enum(["added", "file", "surest", "unsurest", "product"]);
export type BatchSort = z.infer<typeof batchSortSchema>;

const tags = ["batch"];
const reference = z.object({ id: z.uuid() });
const item = z.coerce.number().int().min(1);
const items = z.array(item).min(1).max(BATCH_PAGE);
const rows = z.object({ items: z.array(batchItemSchema) });
const name = z.string().trim().max(200).optional().describe("To know it by among the others.");
const paths = z.array(z.string()).optional().describe("Path of each file, in the same order: `monday/1.jpg`.");

export const batchContract = {
  start: base
    .route({
      method: "POST",
      path: "/batches",
      summary: "Match many pictures, or a zip of them, one after the other",
      tags,
      successStatus: 202,
    })
    .input(z.object({ files: z.array(z.file()).min(1), paths, name }))
    .output(batchSummarySchema),
  startPath: base
    .route({
      method: "POST",
      path: "/batches/path",
      summary:
        "The same for a folder or a file of this machine, read in place (for the command line and the desktop; refused to any other caller)",
      tags,
      successStatus: 202,
    })
    .input(
      z.object({
        path: z.string().min(1),
        watch: z.boolean().default(false).describe("Go on with new pictures in the folder until it is stopped."),
        name,
      }),
    )
    .output(batchSummarySchema),
  add: base
    .route({ method: "POST", path: "/batches/{id}/files", summary: "Add pictures to an uploaded batch", tags })
    .input(reference.extend({ files: z.array(z.file()).min(1), paths }))
    .output(batchSummarySchema),
  list: base
    .route({ method: "GET", path: "/batches", summary: "Batches, newest first", tags })
    .output(z.array(batchSummarySchema)),
  get: base
    .route({ method: "GET", path: "/batches/{id}", summary: "How far a batch is", tags })
    .input(reference)
    .output(batchSummarySchema),
  watch: base
    .route({ method: "GET", path: "/batches/{id}/events", summary: "Progress, as server-sent events", tags })
    .input(reference)
    .output(eventIterator(batchSummarySchema)),
  pause: base
    .route({ method: "POST", path: "/batches/{id}/pause", summary: "Stop after what is at work now", tags })
    .input(reference)
    .output(batchSummarySchema),
  resume: base
    .route({ method: "POST", path: "/batches/{id}/resume", summary: "Go on with a paused or cancelled batch", tags })
    .input(reference)
    .output(batchSummarySchema),
  cancel: base
    .route({
      method: "POST",
      path: "/batches/{id}/cancel",
      summary: "Leave the rest unmatched, and stop watching; what was matched stays",
      tags,
    })
    .input(reference)
    .output(batchSummarySchema),
  retry: base
    .route({ method: "POST", path: "/batches/{id}/retry", summary: "Match once more what could not be matched", tags })
    .input(reference.extend({ items: items.optional().describe("All of them, unless said.") }))
    .output(batchSummarySchema),
  stopWatching: base
    .route({
      method: "POST",
      path: "/batches/{id}/stop-watching",
      summary: "Take no more new pictures of the folder; what is waiting goes on",
      tags,
    })
    .input(reference)
    .output(batchSummarySchema),
  remove: base
    .route({
      method: "DELETE",
      path: "/batches/{id}",
      summary: "Delete a batch with its uploaded pictures; for a day it can be brought back",
      tags,
    })
    .input(reference)
    .output(reference),
  restore: base
    .route({ method: "POST", path: "/batches/{id}/restore", summary: "Bring a deleted batch back", tags })
    .input(reference)
    .output(batchSummarySchema),
  order: base
    .route({ method: "GET", path: "/batches/{id}/order", summary: "Numbers of the items that a filter leaves", tags })
    .input(reference.extend({ ...batchFilterSchema.shape, sort: batchSortSchema.default("added") }))
    .output(z.object({ items: z.array(count) })),
  items: base
    .route({ method: "POST", path: "/batches/{id}/items", summary: "Items by their numbers", tags })
    .input(reference.extend({ items }))
    .output(rows),
  item: base
    .route({ method: "GET", path: "/batches/{id}/items/{item}", summary: "One item with its whole answer", tags })
    .input(reference.extend({ item }))
    .output(batchItemDetailSchema),
  products: base
    .route({
      method: "GET",
      path: "/batches/{id}/products",
      summary: "Best matches, with how many items have each",
      tags,
    })
    .input(reference)
    .output(z.array(z.object({ product: namedProduct, items: count, open: count.describe("Not decided yet.") }))),
  picture: base
    .route({ method: "GET", path: "/batches/{id}/items/{item}/picture", summary: "The picture of an item", tags })
    .input(reference.extend({ item, size: z.enum(["thumbnail", "full"]).default("full") }))
    .output(z.file()),
  decide: base
    .route({
      method: "POST",
      path: "/batches/{id}/decisions",
      summary: "Say whether the answers of items are right; the journal keeps it as feedback on their runs",
      tags,
    })
    .input(
      reference.extend({
        items,
        answer: batchDecisionAnswerSchema,
        sku: skuSchema.optional().describe("The right product, with `this`."),
      }),
    )
    .output(rows),
  undecide: base
    .route({
      method: "POST",
      path: "/batches/{id}/decisions/undo",
      summary: "Take decisions back, and with them the feedback on the runs",
      tags,
    })
    .input(reference.extend({ items }))
    .output(rows),
  export: base
    .route({ method: "GET", path: "/batches/{id}/export", summary: "Every item as CSV or for Excel", tags })
    .input(reference.extend({ format: z.enum(["csv", "xlsx"]).default("csv") }))
    .output(z.file()),
};

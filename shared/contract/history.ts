import { z } from "zod";
import { base } from "./base.ts";
import { pictureRefSchema, productSchema, skuSchema } from "./domain.ts";

/** What became of products: every change with its old and new values, and the way back of each. */

export const changeSourceSchema = z
  .enum(["edit", "bulk", "import", "merge", "confirmed", "draft", "revert", "restore"])
  .describe("edit: by hand. confirmed: a photo whose answer was confirmed. draft: a description that was accepted.");
export type ChangeSource = z.infer<typeof changeSourceSchema>;

export const fieldChangeSchema = z.object({
  field: z.string().describe("Of the product; an attribute as `attributes.size`."),
  before: z.union([z.string(), z.null(), z.array(pictureRefSchema)]).describe("null: there was none."),
  after: z.union([z.string(), z.null(), z.array(pictureRefSchema)]),
});
export type FieldChange = z.infer<typeof fieldChangeSchema>;

export const changeSchema = z.object({
  id: z.number().int().describe("Grows with every change of the catalogue."),
  sku: skuSchema,
  time: z.iso.datetime(),
  kind: z.enum(["added", "changed", "deleted", "restored"]),
  source: changeSourceSchema,
  job: z.string().nullable().describe("The bulk edit, import, run or decision that it was a part of."),
  fields: z.array(fieldChangeSchema),
});
export type Change = z.infer<typeof changeSchema>;

const tags = ["catalogue"];

export const historyContract = {
  list: base
    .route({ method: "GET", path: "/products/{sku}/history", summary: "What became of a product, newest first", tags })
    .input(
      z.object({
        sku: skuSchema,
        before: z.coerce.number().int().optional().describe("Changes with a smaller id only."),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.array(changeSchema)),
  revert: base
    .route({
      method: "POST",
      path: "/history/{id}/revert",
      summary: "Give the fields of one change their old values again, where nobody has changed them since",
      tags,
    })
    .input(z.object({ id: z.coerce.number().int() }))
    .output(productSchema),
};

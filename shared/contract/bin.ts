import { z } from "zod";
import { base } from "./base.ts";
import { hashSchema, skuSchema } from "./domain.ts";

/** Deleted products, whole, for as long as they are kept. */

/** Days that what was deleted can be restored. */
export const BIN_DAYS = 30;

export const binEntrySchema = z.object({
  id: z.uuid(),
  sku: skuSchema,
  name: z.string(),
  picture: hashSchema.nullable().describe("The main one."),
  pictures: z.number().int(),
  deletedAt: z.iso.datetime(),
  job: z.string().nullable().describe("The bulk deletion that it was a part of."),
});
export type BinEntry = z.infer<typeof binEntrySchema>;

export const binQuerySchema = z.object({
  text: z.string().max(500).optional().describe("In SKU or name."),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});
export type BinQuery = z.infer<typeof binQuerySchema>;

const tags = ["catalogue"];
const ids = z.array(z.uuid()).min(1).max(500);

export const binContract = {
  list: base
    .route({ method: "GET", path: "/bin", summary: `Products deleted within ${BIN_DAYS} days, newest first`, tags })
    .input(binQuerySchema)
    .output(z.object({ items: z.array(binEntrySchema), total: z.number().int() })),
  restore: base
    .route({
      method: "POST",
      path: "/bin/restore",
      summary: "Put deleted products back, with their pictures, their origins and their variants",
      tags,
    })
    .input(z.object({ ids }))
    .output(
      z.object({
        restored: z.array(skuSchema),
        refused: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
      }),
    ),
  purge: base
    .route({ method: "POST", path: "/bin/purge", summary: "Delete them for good", tags })
    .input(z.object({ ids }))
    .output(z.object({ purged: z.number().int() })),
};

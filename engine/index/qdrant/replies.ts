import { z } from "zod";

/** What is read of Qdrant's replies, and no more: a newer server may say more. */

export const done = z.boolean();

/** `completed`: written and applied. Anything else is less than was asked for, see UpdateStatus in the OpenAPI document. */
const updated = z.object({ status: z.enum(["completed", "acknowledged", "wait_timeout"]) });
export const written = z.union([updated.transform((one) => [one]), z.array(updated)]);

export const aliases = z.object({
  aliases: z.array(z.object({ alias_name: z.string(), collection_name: z.string() })),
});

const vectorParams = z.object({ size: z.int().positive(), distance: z.string() });
export const collectionInfo = z.object({
  /** green: all is well; yellow: optimising; grey: waiting to optimise; red: something failed. */
  status: z.enum(["green", "yellow", "grey", "red"]),
  optimizer_status: z.union([z.string(), z.object({ error: z.string() })]),
  config: z.object({
    params: z.object({
      // A nameless vector's own parameters where the collection is not of ours.
      vectors: z.union([z.record(z.string(), vectorParams), z.record(z.string(), z.unknown())]).optional(),
    }),
  }),
  payload_schema: z.record(z.string(), z.object({ data_type: z.string() })),
});
export type CollectionInfo = z.infer<typeof collectionInfo>;

const hitPayload = z.object({ sku: z.string(), pictureHash: z.string().nullable() });
export const groups = z.object({
  groups: z.array(z.object({ hits: z.array(z.object({ score: z.number(), payload: hitPayload })).min(1) })),
});

export const page = z.object({
  points: z.array(z.object({ payload: z.object({ sku: z.string() }) })),
  next_page_offset: z.union([z.string(), z.number()]).nullish(),
});

const storedPayload = z.object({
  id: z.string(),
  sku: z.string(),
  pictureHash: z.string().nullable(),
  category: z.string(),
  brand: z.string(),
  price: z.number().nullable(),
  currency: z.string().nullable(),
});
export const storedPage = z.object({
  points: z.array(
    z.object({
      payload: storedPayload,
      vector: z.object({ image: z.array(z.number()).optional(), text: z.array(z.number()).optional() }),
    }),
  ),
  next_page_offset: z.union([z.string(), z.number()]).nullish(),
});

export const counted = z.object({ count: z.int().nonnegative() });

export const snapshot = z.object({
  name: z.string(),
  creation_time: z.string().nullish(),
  size: z.int().nonnegative(),
  checksum: z.string().nullish(),
});

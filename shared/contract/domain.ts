import { z } from "zod";

/** Domain types shared by every door. All times are ISO 8601 in UTC, all durations milliseconds. */

export const skuSchema = z.string().trim().min(1).max(200).describe("Stock keeping unit: the product's own key.");

/**
 * A SKU that a product is given. Control characters would reach terminals and other programs; `.` and `..` can't be a
 * segment of an address.
 */
export const newSkuSchema = skuSchema.regex(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is kept out
  /^(?!\.{1,2}$)[^\u0000-\u001f\u007f-\u009f]*$/,
  "A SKU has no control characters, and is not only one or two dots.",
);

export const hashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("SHA-256 of a picture's bytes, hex.");

/** Decimal string, never a float: `12.50`. At most 12 integer digits and 4 decimals. */
export const priceSchema = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,4})?$/, "A price is a plain decimal such as 12.50, not negative.")
  .describe("Exact decimal amount.");

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, "A currency is an ISO 4217 code such as EUR.")
  .describe("ISO 4217 code.");

/** A box in a picture, all four in 0..1 of its width and height, after EXIF orientation. */
export const regionSchema = z
  .strictObject({
    x: z.coerce.number().min(0).max(1),
    y: z.coerce.number().min(0).max(1),
    width: z.coerce.number().gt(0).max(1),
    height: z.coerce.number().gt(0).max(1),
  })
  .refine(
    (box) => box.x + box.width <= 1.0001 && box.y + box.height <= 1.0001,
    "The region reaches outside the picture.",
  );
export type Region = z.infer<typeof regionSchema>;

export const indexStateSchema = z.enum(["pending", "indexed", "failed"]);
export type IndexState = z.infer<typeof indexStateSchema>;

export const pictureOriginSchema = z
  .object({
    runId: z.string().describe("The run whose answer was confirmed."),
    photo: hashSchema.describe("The photo that was asked about; of a part of it, the picture is that part."),
    time: z.iso.datetime(),
  })
  .describe("Of a photo that a person confirmed; a shop's own pictures have none.");
export type PictureOrigin = z.infer<typeof pictureOriginSchema>;

export const pictureRefSchema = z.object({
  hash: hashSchema,
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number().int(),
  origin: pictureOriginSchema.optional(),
});
export type PictureRef = z.infer<typeof pictureRefSchema>;

/** What a person or an import says of a product. */
export const productDraftSchema = z.object({
  sku: newSkuSchema,
  name: z.string().trim().min(1).max(500),
  category: z.string().trim().max(200).default(""),
  price: priceSchema.nullable().default(null),
  currency: currencySchema.nullable().default(null),
  brand: z.string().trim().max(200).default(""),
  barcode: z.string().trim().max(64).nullable().default(null),
  description: z.string().max(20_000).default(""),
  attributes: z.record(z.string(), z.string()).default({}),
});
export type ProductDraft = z.infer<typeof productDraftSchema>;
export type ProductDraftInput = z.input<typeof productDraftSchema>;

export const productSchema = productDraftSchema.extend({
  sku: skuSchema,
  pictures: z.array(pictureRefSchema),
  indexState: indexStateSchema,
  indexReason: z.string().nullable().describe("Why indexing failed; null otherwise."),
  variantGroup: z.string().optional().describe("Products that are variants of one another have the same one."),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Product = z.infer<typeof productSchema>;

export const productFilterSchema = z.object({
  category: z.array(z.string()).optional(),
  brand: z.array(z.string()).optional(),
  priceMin: priceSchema.optional(),
  priceMax: priceSchema.optional(),
  currency: currencySchema.optional(),
});
export type ProductFilter = z.infer<typeof productFilterSchema>;

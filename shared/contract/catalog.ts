import { z } from "zod";
import { base } from "./base.ts";
import {
  currencySchema,
  hashSchema,
  indexStateSchema,
  priceSchema,
  productDraftSchema,
  productSchema,
  regionSchema,
  skuSchema,
} from "./domain.ts";

const facet = z.array(z.object({ value: z.string(), count: z.number().int() }));

/** A repeated query parameter that came once arrives as a bare string. */
const strings = z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(z.string()));

export const productQuerySchema = z.object({
  text: z.string().max(500).optional().describe("Words in SKU, name, brand, category, description or barcode."),
  category: strings.optional(),
  brand: strings.optional(),
  barcode: z.string().optional(),
  priceMin: priceSchema.optional(),
  priceMax: priceSchema.optional(),
  currency: currencySchema.optional(),
  indexState: indexStateSchema.optional(),
  confirmed: z
    .union([z.boolean(), z.stringbool()])
    .optional()
    .describe("Only products with photos that a person confirmed."),
  sort: z.enum(["relevance", "name", "sku", "price", "category", "updated"]).default("name"),
  order: z.enum(["asc", "desc"]).default("asc"),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(500).default(50),
  facets: z
    .union([z.boolean(), z.stringbool()])
    .optional()
    .describe("false leaves the facets uncounted: who only turns the page needs them once."),
});
export type ProductQuery = z.infer<typeof productQuerySchema>;

export const productPageSchema = z.object({
  items: z.array(productSchema),
  total: z.number().int(),
  facets: z.object({ category: facet, brand: facet, indexState: facet }),
});
export type ProductPage = z.infer<typeof productPageSchema>;

const { category, price, currency, brand, barcode, description, attributes } = productDraftSchema.shape;

/** What may change of a product. Without the draft's defaults: they would blank whatever the caller did not send. */
export const productChangesSchema = z
  .object({
    name: productDraftSchema.shape.name,
    category: category.unwrap(),
    price: price.unwrap(),
    currency: currency.unwrap(),
    brand: brand.unwrap(),
    barcode: barcode.unwrap(),
    description: description.unwrap(),
    attributes: attributes.unwrap(),
  })
  .partial();

const expectedSchema = z.iso
  .datetime()
  .optional()
  .describe("The product's `updatedAt` as the caller knows it: PRODUCT_CHANGED where it is another by now.");

const tags = ["catalogue"];

export const catalogContract = {
  list: base
    .route({
      method: "GET",
      path: "/products",
      summary: "Products, filtered, sorted, paged and counted by facet",
      tags,
    })
    .input(productQuerySchema)
    .output(productPageSchema),
  get: base
    .route({ method: "GET", path: "/products/{sku}", summary: "One product", tags })
    .input(z.object({ sku: skuSchema }))
    .output(productSchema),
  create: base
    .route({
      method: "POST",
      path: "/products",
      summary: "Add a product, with its first pictures",
      tags,
      successStatus: 201,
    })
    .input(productDraftSchema.extend({ pictures: z.array(z.file()).max(50).optional() }))
    .output(productSchema),
  update: base
    .route({ method: "PATCH", path: "/products/{sku}", summary: "Change what is said of a product", tags })
    .input(productChangesSchema.extend({ sku: skuSchema, expected: expectedSchema }))
    .output(productSchema),
  skus: base
    .route({ method: "GET", path: "/skus", summary: "SKUs of the products that fit, in their order", tags })
    .input(
      productQuerySchema.omit({ page: true, pageSize: true, facets: true }).extend({
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(100_000).default(1_000),
      }),
    )
    .output(z.array(skuSchema)),
  similar: base
    .route({ method: "GET", path: "/products/{sku}/similar", summary: "Products that look or read most like it", tags })
    .input(z.object({ sku: skuSchema, top: z.coerce.number().int().min(1).max(100).default(20) }))
    .output(
      z.array(
        z.object({
          product: productSchema,
          similarity: z.number().describe("Cosine, -1..1."),
          by: z.enum(["picture", "text"]),
        }),
      ),
    ),
  reindex: base
    .route({ method: "POST", path: "/products/{sku}/reindex", summary: "Make a product's vectors anew", tags })
    .input(z.object({ sku: skuSchema }))
    .output(productSchema),
  delete: base
    .route({
      method: "DELETE",
      path: "/products/{sku}",
      summary: "Delete a product and its vectors; it can be restored from the bin",
      tags,
    })
    .input(z.object({ sku: skuSchema }))
    .output(z.object({ sku: skuSchema, bin: z.uuid().describe("To restore it by.") })),
  addPicture: base
    .route({ method: "POST", path: "/products/{sku}/pictures", summary: "Add a picture to a product", tags })
    .input(z.object({ sku: skuSchema, picture: z.file() }))
    .output(productSchema),
  removePicture: base
    .route({ method: "DELETE", path: "/products/{sku}/pictures/{hash}", summary: "Take a picture off a product", tags })
    .input(z.object({ sku: skuSchema, hash: hashSchema }))
    .output(productSchema),
  arrangePictures: base
    .route({
      method: "PUT",
      path: "/products/{sku}/pictures",
      summary: "Put a product's pictures in this order; the first is the main one, one that is not named leaves",
      tags,
    })
    .input(z.object({ sku: skuSchema, hashes: z.array(hashSchema).max(200), expected: expectedSchema }))
    .output(productSchema),
  replacePicture: base
    .route({
      method: "PUT",
      path: "/products/{sku}/pictures/{hash}",
      summary: "Put another picture in the place of one",
      tags,
    })
    .input(z.object({ sku: skuSchema, hash: hashSchema, picture: z.file() }))
    .output(productSchema),
  cropPicture: base
    .route({
      method: "POST",
      path: "/products/{sku}/pictures/{hash}/crop",
      summary: "Put a part of a picture in its place, as a new picture",
      tags,
    })
    .input(z.object({ sku: skuSchema, hash: hashSchema, region: regionSchema }))
    .output(productSchema),
  picture: base
    .route({ method: "GET", path: "/pictures/{hash}", summary: "A picture's bytes, whole or as a thumbnail", tags })
    .input(z.object({ hash: hashSchema, size: z.enum(["thumbnail", "full"]).default("full") }))
    .output(z.file()),
};

import { z } from "zod";
import { base } from "./base.ts";
import { hashSchema, productSchema, skuSchema } from "./domain.ts";
import { matchedPointSchema } from "./match.ts";

/** Products that may be one, or variants of one another: found, shown with evidence, decided by a person. */

export const decisionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("distinct"),
    id: z.string(),
    time: z.iso.datetime(),
    skus: z.array(skuSchema).describe("Products that are not the same, whatever they look like."),
  }),
  z.object({
    kind: z.literal("merged"),
    id: z.string(),
    time: z.iso.datetime(),
    into: productSchema.describe("As it was before."),
    from: productSchema.describe("As it was before; it was deleted."),
  }),
]);
export type Decision = z.infer<typeof decisionSchema>;

const sideSchema = productSchema
  .pick({ sku: true, name: true, brand: true, category: true, price: true, currency: true })
  .extend({ picture: hashSchema.nullable().describe("The one that was compared.") });

export const likenessSchema = z.object({
  products: z.tuple([sideSchema, sideSchema]),
  samePicture: z.boolean().describe("Both have the very same picture."),
  similarity: z.number().nullable().describe("Cosine of the visual embeddings, -1..1; null where not compared."),
  inliers: z.number().int().nullable().describe("Local features that agree on one geometry; null where not compared."),
  points: z.array(matchedPointSchema).describe("`query` in the first picture, `catalogue` in the second."),
  sameName: z.boolean(),
  sharedWords: z.array(z.string()),
  sameArticle: z.boolean().describe("Barcodes of one article in other packings."),
});
export type Likeness = z.infer<typeof likenessSchema>;

export const searchStateSchema = z.object({
  state: z.enum(["never", "running", "done", "failed", "cancelled"]),
  done: z.number().int(),
  total: z.number().int(),
  found: z.number().int().describe("Pairs that are still open."),
  finishedAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
});
export type SearchState = z.infer<typeof searchStateSchema>;

const tags = ["duplicates"];
const two = z.array(skuSchema).min(2).max(100);

export const duplicatesContract = {
  search: base
    .route({
      method: "POST",
      path: "/duplicates/search",
      summary: "Look for products that may be the same; goes on by itself",
      tags,
      successStatus: 202,
    })
    .output(searchStateSchema),
  state: base
    .route({ method: "GET", path: "/duplicates/search", summary: "How far the search is", tags })
    .output(searchStateSchema),
  cancel: base
    .route({ method: "DELETE", path: "/duplicates/search", summary: "Stop the search; what it found stays", tags })
    .output(searchStateSchema),
  list: base
    .route({ method: "GET", path: "/duplicates", summary: "Pairs that nobody has decided yet, likeliest first", tags })
    .input(
      z.object({
        page: z.coerce.number().int().min(1).default(1),
        pageSize: z.coerce.number().int().min(1).max(200).default(20),
      }),
    )
    .output(z.object({ items: z.array(likenessSchema), total: z.number().int() })),
  of: base
    .route({
      method: "GET",
      path: "/products/{sku}/duplicates",
      summary:
        "Look for products that may be the same as this one, likeliest first; those that were decided are left out",
      tags,
    })
    .input(z.object({ sku: skuSchema }))
    .output(z.array(likenessSchema)),
  merge: base
    .route({
      method: "POST",
      path: "/duplicates/merge",
      summary: "Give one product the pictures and missing fields of another, and delete that; can be undone",
      tags,
    })
    .input(z.object({ into: skuSchema, from: skuSchema }))
    .output(z.object({ product: productSchema, decision: z.string() })),
  distinct: base
    .route({ method: "POST", path: "/duplicates/distinct", summary: "Say that products are not the same", tags })
    .input(z.object({ skus: two }))
    .output(z.object({ decision: z.string() })),
  variants: base
    .route({
      method: "POST",
      path: "/duplicates/variants",
      summary: "Mark products as variants of one another; their groups become one",
      tags,
    })
    .input(z.object({ skus: two }))
    .output(z.object({ group: z.string(), skus: z.array(skuSchema) })),
  apart: base
    .route({ method: "DELETE", path: "/products/{sku}/variants", summary: "Take a product out of its variants", tags })
    .input(z.object({ sku: skuSchema }))
    .output(z.object({ sku: skuSchema })),
  group: base
    .route({
      method: "GET",
      path: "/products/{sku}/variants",
      summary: "Variants of a product, itself among them",
      tags,
    })
    .input(z.object({ sku: skuSchema }))
    .output(z.array(productSchema)),
  decisions: base
    .route({ method: "GET", path: "/duplicates/decisions", summary: "What was decided, newest first", tags })
    .output(z.array(decisionSchema)),
  undo: base
    .route({ method: "DELETE", path: "/duplicates/decisions/{id}", summary: "Undo a decision", tags })
    .input(z.object({ id: z.string().min(1) }))
    .output(z.object({ skus: z.array(skuSchema).describe("Products that it was about.") })),
};

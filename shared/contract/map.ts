import { z } from "zod";
import { base } from "./base.ts";
import { skuSchema } from "./domain.ts";
import { verdictSchema } from "./match.ts";

/** The catalogue's vectors on a plane: products that the encoder takes for alike lie beside one another. */

export const mapKindSchema = z.enum(["image", "text"]).describe("Of the pictures' vectors, or of the texts'.");
export type MapKind = z.infer<typeof mapKindSchema>;

export const mapStateSchema = z.object({
  kind: mapKindSchema,
  state: z.enum(["never", "running", "done", "failed", "cancelled"]),
  stage: z.enum(["vectors", "neighbours", "layout"]).nullable().describe("While it runs: what it is at."),
  progress: z.number().min(0).max(1),
  finishedAt: z.iso.datetime().nullable().describe("Of the map that is kept; it is shown while another is made."),
  error: z.string().nullable(),
});
export type MapState = z.infer<typeof mapStateSchema>;

export const mapPointsSchema = z
  .object({
    kind: mapKindSchema,
    finishedAt: z.iso.datetime(),
    skus: z.array(skuSchema),
    x: z.array(z.number()),
    y: z.array(z.number()),
    names: z.array(z.string()),
    category: z.array(z.number().int()).describe("Of each product, its place in `categories`."),
    categories: z.array(z.string()).describe("The largest first."),
    price: z.array(z.number().nullable()),
    currency: z.array(z.string().nullable()),
    missing: z.number().int().describe("Products of the catalogue that are not on it, because they came later."),
  })
  .describe("A column each, in one order; both coordinates in -1..1.");
export type MapPoints = z.infer<typeof mapPointsSchema>;

const tags = ["map"];
const reference = z.object({ kind: mapKindSchema });

export const mapContract = {
  state: base
    .route({ method: "GET", path: "/map/{kind}", summary: "Whether there is a map, and how far a new one is", tags })
    .input(reference)
    .output(mapStateSchema),
  make: base
    .route({
      method: "POST",
      path: "/map/{kind}",
      summary: "Lay the map out anew (PCA, then UMAP); goes on by itself",
      tags,
      successStatus: 202,
    })
    .input(reference)
    .output(mapStateSchema),
  cancel: base
    .route({ method: "DELETE", path: "/map/{kind}", summary: "Stop the making; the map before it stays", tags })
    .input(reference)
    .output(mapStateSchema),
  points: base
    .route({ method: "GET", path: "/map/{kind}/points", summary: "Every product of the map", tags })
    .input(reference)
    .output(mapPointsSchema),
  verdicts: base
    .route({
      method: "GET",
      path: "/map/verdicts",
      summary: "For products that lately came first in an answer, the newest answer's verdict",
      tags,
    })
    .output(z.array(z.object({ sku: skuSchema, verdict: verdictSchema }))),
};

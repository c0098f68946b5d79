import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { pictureDescriptionSchema, pictureWordsSchema } from "./describe.ts";
import { hashSchema, productFilterSchema, productSchema, regionSchema, skuSchema } from "./domain.ts";

const probability = z.number().min(0).max(1);

export const matchedPointSchema = z.object({
  query: z.tuple([z.number(), z.number()]).describe("x, y in the query picture, 0..1"),
  catalogue: z.tuple([z.number(), z.number()]).describe("x, y in the catalogue picture, 0..1"),
});

export const candidateSchema = z.object({
  sku: skuSchema,
  name: z.string(),
  category: z.string(),
  brand: z.string(),
  price: z.string().nullable(),
  currency: z.string().nullable(),
  picture: hashSchema.nullable().describe("The catalogue picture that fits best."),
  confidence: probability.describe("Calibrated probability that this product is the one."),
  similarity: z.object({
    image: z.number().nullable().describe("Cosine of the visual embeddings, -1..1."),
    text: z.number().nullable().describe("Cosine of the text embeddings, -1..1."),
    textToImage: z
      .number()
      .nullable()
      .describe(
        "Cosine of the words and a picture, -1..1, where the encoders share a space; far lower than the others.",
      ),
    described: z
      .number()
      .nullable()
      .default(null)
      .describe(
        "Cosine of the text embeddings of the model's description and of the product, -1..1: counts for the order of near equals alone.",
      ),
  }),
  barcode: z.string().nullable().describe("The barcode by which the product was found."),
  sharedWords: z.array(z.string()),
  inliers: z.number().int().nullable().describe("Local features that agree on one geometry; null where not compared."),
  points: z.array(matchedPointSchema),
  differences: z
    .object({
      side: z.number().int().min(1).max(64).describe("Places along either side of the grid."),
      values: z
        .array(z.number().int().min(-1).max(100))
        .describe(
          "Row by row: how likely the print differs there, percent; -1 where the query picture does not show it.",
        ),
      catalogue: z
        .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
        .describe("The part of the catalogue picture under the grid, as shares of it."),
      photo: z
        .array(z.number())
        .length(9)
        .describe("Homography, row by row, that carries shares of that part to shares of the query picture."),
    })
    .optional()
    .describe("Where this picture and the query picture differ, of those few that were laid one over the other."),
  region: regionSchema
    .optional()
    .describe("Where in the query picture it lies, where points say so; asking again with it looks there alone."),
});
export type Candidate = z.infer<typeof candidateSchema>;

export const descriptionSchema = z.object({
  caption: z.string(),
  classes: z.array(z.object({ name: z.string(), probability })),
  colors: z.array(z.object({ name: z.string(), share: probability })),
  text: z.array(z.string()).describe("Lines read off the package."),
  barcodes: z.array(z.object({ format: z.string(), text: z.string() })),
});
export type Description = z.infer<typeof descriptionSchema>;

export const verdictSchema = z.enum(["match", "similar", "none"]);
export type Verdict = z.infer<typeof verdictSchema>;

export const stageSchema = z.enum(["visual", "verified", "refined", "described"]);
export type Stage = z.infer<typeof stageSchema>;

export const matchResultSchema = z.object({
  runId: z.string(),
  stage: stageSchema,
  verdict: verdictSchema,
  matches: z.array(candidateSchema).describe("Best first; never empty on a catalogue that is not."),
  description: descriptionSchema.nullable(),
  described: pictureDescriptionSchema
    .nullable()
    .default(null)
    .describe("The picture in words that a catalogue can be searched by."),
  describing: z
    .boolean()
    .default(false)
    .describe("Whether a vision-language model looks at the picture now: a stage `described` follows."),
  timings: z.record(z.string(), z.number()).describe("Milliseconds a stage; `total` is the whole run."),
  picture: z
    .object({ hash: hashSchema, width: z.number().int(), height: z.number().int(), format: z.string() })
    .nullable(),
  variants: z
    .object({
      told: z.boolean().describe("Whether the picture tells the first candidate from the others of its group."),
      confidence: probability.describe("That it is one of them."),
      products: z.array(z.object({ sku: skuSchema, name: z.string() })).describe("Those that may be it, best first."),
    })
    .optional()
    .describe("Where the first candidate has variants among the candidates."),
  fingerprint: z.string(),
  warnings: z.array(z.string()).describe("What could not be used, and why; the answer stands without it."),
});
export type MatchResult = z.infer<typeof matchResultSchema>;

const options = {
  top: z.coerce.number().int().min(1).max(100).optional(),
  filter: productFilterSchema.optional(),
};

export const matchPictureInput = z.object({
  picture: z.file().describe("JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC."),
  text: z.string().max(2000).optional().describe("A note that goes with the picture."),
  region: regionSchema.optional(),
  describe: z
    .union([z.boolean(), z.stringbool()])
    .optional()
    .describe(
      "Whether to have a vision-language model describe the picture, where one is set up: seconds more. Left out: yes where answers are streamed, no where one is given.",
    ),
  ...options,
});

export const matchContract = {
  picture: base
    .route({ method: "POST", path: "/match", summary: "Which product does this picture show?", tags: ["match"] })
    .input(matchPictureInput)
    .output(matchResultSchema),
  stream: base
    .route({
      method: "POST",
      path: "/match/stream",
      summary: "The same as server-sent events: visual, verified, refined, and described where a model describes",
      tags: ["match"],
    })
    .input(matchPictureInput)
    .output(eventIterator(matchResultSchema)),
  text: base
    .route({
      method: "POST",
      path: "/match/text",
      summary: "Which products fit these words, or this barcode?",
      tags: ["match"],
    })
    .input(z.object({ text: z.string().trim().min(1).max(2000), ...options }))
    .output(matchResultSchema),
  feedback: base
    .route({
      method: "POST",
      path: "/runs/{runId}/feedback",
      summary: "Say whether an answer was right",
      tags: ["match"],
    })
    .input(
      z.object({
        runId: z.string().min(1),
        answer: z.enum(["right", "wrong", "this", "absent"]),
        sku: skuSchema.optional().describe("The right product, with `this`."),
        note: z.string().max(2000).optional(),
      }),
    )
    .output(z.object({ runId: z.string() })),
  addPhoto: base
    .route({
      method: "POST",
      path: "/runs/{runId}/picture",
      summary: "Make the photo of a run a further picture of the product that it shows",
      tags: ["match"],
    })
    .input(
      z.object({
        runId: z.string().min(1),
        sku: skuSchema.describe("The product that the photo shows, as a person has confirmed."),
        picture: z.file().optional().describe("The run's own photo; left out, the one that the journal has kept."),
      }),
    )
    .output(z.object({ product: productSchema, hash: hashSchema.describe("Of the picture that was added.") })),
  correct: base
    .route({
      method: "PUT",
      path: "/descriptions/{picture}",
      summary: "Say in words what a picture shows, in the place of what the model or the app said",
      description: "Counts as a note from the next match of the picture on. `words` null takes the correction back.",
      tags: ["match"],
    })
    .input(
      z.object({
        picture: hashSchema.describe("Of a match's answer; a region of a picture has its own."),
        words: pictureWordsSchema.nullable(),
        runId: z.string().min(1).optional().describe("The match whose description is corrected, for the journal."),
      }),
    )
    .output(z.object({ picture: hashSchema, corrected: z.boolean() })),
  examples: base
    .route({ method: "GET", path: "/examples", summary: "Photos to try, shipped with the app", tags: ["match"] })
    .output(z.array(z.object({ name: z.string(), title: z.string() }))),
  example: base
    .route({ method: "GET", path: "/examples/{name}", summary: "One of the photos to try", tags: ["match"] })
    .input(z.object({ name: z.string().regex(/^[\w-]+\.(jpg|png|webp)$/) }))
    .output(z.file()),
};

import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";

/** The whole catalogue as a table that other programs read, and that an import reads back without loss. */

export const exportFormatSchema = z.enum(["csv", "jsonl", "xlsx", "parquet"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

export const exportOptionsSchema = z.object({
  format: exportFormatSchema.default("csv"),
  pictures: z
    .boolean()
    .default(false)
    .describe("Put the table and every picture into one zip, which another catalogue can import."),
  embeddings: z
    .boolean()
    .default(false)
    .describe("Parquet only: also the pictures' embeddings, so that the same encoder need not make them again."),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

const exportedSchema = z.object({
  id: z.string().nullable().describe("To fetch it by; null where it was written to a path."),
  file: z.string().describe("Its name, or its path where one was given."),
  bytes: z.number().int(),
  products: z.number().int(),
  pictures: z.number().int().describe("Picture files in it; 0 without `pictures`."),
  note: z.string().nullable().describe("What is not in it that was asked for, and why."),
});

const exportEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), done: z.number().int(), total: z.number().int().describe("Products.") }),
  z.object({ kind: z.literal("done"), exported: exportedSchema }),
]);
export type ExportEvent = z.infer<typeof exportEventSchema>;

const tags = ["export"];

export const exportsContract = {
  make: base
    .route({ method: "POST", path: "/exports", summary: "Export the whole catalogue, as server-sent events", tags })
    .input(
      exportOptionsSchema.extend({
        path: z
          .string()
          .min(1)
          .optional()
          .describe("Where to write it (command line and desktop only); left out, it is kept to be fetched."),
        replace: z.boolean().default(false).describe("Write over a file that is there."),
      }),
    )
    .output(eventIterator(exportEventSchema)),
  file: base
    .route({
      method: "GET",
      path: "/exports/{id}",
      summary: "Fetch an export; it is kept until the next one, or until the engine ends",
      tags,
    })
    .input(z.object({ id: z.uuid() }))
    .output(z.file()),
};

import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";

export const importFailureSchema = z.object({
  line: z.number().int().nullable().describe("1-based line of the file; null where there are no lines."),
  column: z.string().nullable().describe("Column name, or the file's path in a folder or archive."),
  code: z.string(),
  message: z.string(),
});
export type ImportFailure = z.infer<typeof importFailureSchema>;

export const importProgressSchema = z.object({
  importId: z.string(),
  state: z.enum(["reading", "running", "done", "failed", "cancelled"]),
  source: z.string().describe("Name of what is imported."),
  format: z.string().nullable().describe("What was found out: delimiter, encoding, decimal mark."),
  products: z.number().int().describe("Products that went in."),
  images: z.number().int().describe("Pictures that went in."),
  unchanged: z.number().int().describe("Products that were there already, just so."),
  done: z.number().int().describe("Rows dealt with."),
  total: z.number().int().nullable(),
  rate: z.number().describe("Pictures a second, over the last seconds."),
  secondsLeft: z.number().nullable(),
  failed: z.array(importFailureSchema).describe("The first 1,000; `failedCount` counts all."),
  failedCount: z.number().int(),
  seconds: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

const tags = ["import"];
const reference = z.object({ importId: z.string().min(1) });

export const importsContract = {
  start: base
    .route({
      method: "POST",
      path: "/imports",
      summary: "Import a CSV, JSONL or zip, or the files of a folder",
      tags,
      successStatus: 202,
    })
    .input(
      z.object({
        files: z.array(z.file()).min(1).describe("One .csv, .jsonl or .zip, or all files of a folder."),
        paths: z
          .array(z.string())
          .optional()
          .describe(
            "Path of each file, in the same order, beginning with the chosen folder's name (a browser's `webkitRelativePath`).",
          ),
      }),
    )
    .output(importProgressSchema),
  startPath: base
    .route({
      method: "POST",
      path: "/imports/path",
      summary: "Import a file or folder of this machine (for the command line; refused to any other caller)",
      tags,
      successStatus: 202,
    })
    .input(z.object({ path: z.string().min(1) }))
    .output(importProgressSchema),
  startSample: base
    .route({
      method: "POST",
      path: "/imports/sample",
      summary: "Import the sample catalogue that ships with the app",
      tags,
      successStatus: 202,
    })
    .output(importProgressSchema),
  watch: base
    .route({ method: "GET", path: "/imports/{importId}/events", summary: "Progress, as server-sent events", tags })
    .input(reference)
    .output(eventIterator(importProgressSchema)),
  list: base
    .route({ method: "GET", path: "/imports", summary: "Imports of this run of the engine", tags })
    .output(z.array(importProgressSchema)),
  cancel: base
    .route({ method: "POST", path: "/imports/{importId}/cancel", summary: "Stop an import; what went in stays", tags })
    .input(reference)
    .output(importProgressSchema),
};

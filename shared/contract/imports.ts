import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import { currencySchema } from "./domain.ts";

export const importFailureSchema = z.object({
  line: z.number().int().nullable().describe("1-based line of the file; null where there are no lines."),
  column: z.string().nullable().describe("Column name, or the file's path in a folder or archive."),
  code: z.string(),
  message: z.string(),
});
export type ImportFailure = z.infer<typeof importFailureSchema>;

const planCountsSchema = z.object({
  added: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  bad: z.number().int().describe("Rows that would not go in, or not whole."),
  fromWeb: z.number().int().describe("Pictures that would be fetched from the web; a dry run fetches none."),
});
export type PlanCounts = z.infer<typeof planCountsSchema>;

export const importProgressSchema = z.object({
  importId: z.string(),
  task: z
    .enum(["import", "plan", "retry"])
    .describe("import: the whole. plan: a dry run, which writes nothing. retry: bad rows once more."),
  state: z
    .enum(["prepared", "reading", "running", "paused", "planned", "done", "failed", "cancelled"])
    .describe(
      "prepared: opened, nothing done yet. planned: a dry run is over. paused: goes on by `resume`, also after the engine was started anew.",
    ),
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
  badRows: z.number().int().describe("Rows that can be corrected and run again: `imports.badRows` lists them."),
  vectors: z
    .string()
    .nullable()
    .describe("What becomes of the embeddings that the file brings, in words; null where it brings none."),
  plan: planCountsSchema.nullable().describe("Of the last dry run."),
  seconds: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

/** What a column can become. */
export const IMPORT_COLUMNS = [
  "sku",
  "name",
  "category",
  "price",
  "currency",
  "brand",
  "barcode",
  "description",
  "images",
  "variantGroup",
  "pictureOrigins",
  "createdAt",
  "updatedAt",
] as const;

export const mappedColumnSchema = z.object({
  column: z.string().describe("Its heading; a second one of the same has ` (2)` behind it."),
  target: z
    .string()
    .regex(
      new RegExp(`^(${IMPORT_COLUMNS.join("|")}|ignore|attribute:.{1,200})$`),
      "is no field, attribute:NAME or ignore",
    )
    .describe("A field of the product, `attribute:NAME`, or `ignore`."),
});
export type MappedColumn = z.infer<typeof mappedColumnSchema>;

export const importOptionsSchema = z.object({
  decimalMark: z
    .enum(["auto", "point", "comma"])
    .describe("What stands before the decimals of prices; auto finds it out over the whole file.")
    .default("auto"),
  priceUnit: z
    .enum(["main", "hundredth"])
    .describe("main: prices are in euros, dollars, ... hundredth: in cents.")
    .default("main"),
  currency: currencySchema.nullable().describe("Of prices beside which none stands.").default(null),
  picturesFromWeb: z
    .boolean()
    .describe("Fetch pictures that are named by a web address. Off, each is a problem of its row.")
    .default(false),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

export const importPreviewSchema = z.object({
  importId: z.string(),
  source: z.string(),
  format: z.string(),
  columns: z
    .array(
      z.object({
        column: z.string(),
        target: z.string().describe("What it becomes: guessed by its heading, remembered, or as was said."),
        guessed: z.string().describe("What its heading alone says."),
        samples: z.array(z.string()).describe("Its first cells that are not empty."),
      }),
    )
    .describe("Empty for a folder or archive of pictures without a table."),
  options: importOptionsSchema,
  decimalMark: z.enum(["point", "comma"]).describe("The one that is used."),
  remembered: z.boolean().describe("Whether a table with the same headings was imported before, and is read like it."),
  webAllowed: z.boolean().describe("Whether the settings allow pictures from the web at all."),
  webPictures: z.number().int().describe("Web addresses among the pictures of the first rows."),
  rows: z.array(
    z.object({
      line: z.number().int().nullable(),
      sku: z.string(),
      fields: z.record(z.string(), z.string()).describe("What the row says of its product, as it would go in."),
      problems: z.array(importFailureSchema),
    }),
  ),
  problem: z.string().nullable().describe("Why it can't be imported so; null where it can."),
  vectors: z.string().nullable(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

const planKindSchema = z.enum(["added", "changed", "unchanged", "bad"]);
export type PlanKind = z.infer<typeof planKindSchema>;

const plannedRowSchema = z.object({
  line: z.number().int().nullable(),
  kind: planKindSchema,
  sku: z.string(),
  name: z.string(),
  changes: z
    .array(z.object({ field: z.string(), from: z.string(), to: z.string() }))
    .describe("Of a changed product; of pictures, how many."),
  problems: z.array(importFailureSchema),
});
export type PlannedRow = z.infer<typeof plannedRowSchema>;

const badRowSchema = z.object({
  row: z.number().int().describe("Which row of the source, from 0."),
  line: z.number().int().nullable(),
  cells: z.record(z.string(), z.string()).nullable().describe("By column; null where nothing of it could be read."),
  problems: z.array(importFailureSchema),
  suspects: z.array(z.string()).describe("Columns whose cells the problems are about."),
});
export type BadImportRow = z.infer<typeof badRowSchema>;

const tags = ["import"];
const reference = z.object({ importId: z.string().min(1) });
const paged = reference.extend({
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});
const reading = reference.extend({
  columns: z.array(mappedColumnSchema).max(16_384).optional().describe("Left out, the headings decide."),
  options: importOptionsSchema.prefault({}),
});
const upload = z.object({
  files: z.array(z.file()).min(1).describe("One .csv, .jsonl, .xlsx, .parquet or .zip, or all files of a folder."),
  paths: z
    .array(z.string())
    .optional()
    .describe(
      "Path of each file, in the same order, beginning with the chosen folder's name (a browser's `webkitRelativePath`).",
    ),
});

export const importsContract = {
  start: base
    .route({
      method: "POST",
      path: "/imports",
      summary: "Import a table, a zip, or the files of a folder at once, as the headings say",
      tags,
      successStatus: 202,
    })
    .input(upload)
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
  prepare: base
    .route({
      method: "POST",
      path: "/imports/prepared",
      summary: "Open what is to be imported and look at it; nothing is written yet",
      tags,
      successStatus: 201,
    })
    .input(upload)
    .output(importPreviewSchema),
  preparePath: base
    .route({
      method: "POST",
      path: "/imports/prepared/path",
      summary: "The same for a file or folder of this machine (command line and desktop only)",
      tags,
      successStatus: 201,
    })
    .input(z.object({ path: z.string().min(1) }))
    .output(importPreviewSchema),
  preview: base
    .route({
      method: "POST",
      path: "/imports/{importId}/preview",
      summary: "The first rows, as they would be read with these columns and options",
      tags,
    })
    .input(reading)
    .output(importPreviewSchema),
  plan: base
    .route({
      method: "POST",
      path: "/imports/{importId}/plan",
      summary: "Dry run: find out what an import would change, and write nothing",
      tags,
      successStatus: 202,
    })
    .input(reading)
    .output(importProgressSchema),
  planned: base
    .route({ method: "GET", path: "/imports/{importId}/plan", summary: "Rows of the last dry run, by page", tags })
    .input(paged.extend({ kind: planKindSchema.optional() }))
    .output(z.object({ total: z.number().int(), items: z.array(plannedRowSchema) })),
  begin: base
    .route({
      method: "POST",
      path: "/imports/{importId}/begin",
      summary: "Import what was prepared, with these columns and options",
      tags,
      successStatus: 202,
    })
    .input(reading)
    .output(importProgressSchema),
  pause: base
    .route({
      method: "POST",
      path: "/imports/{importId}/pause",
      summary: "Stop an import where it is, to go on later; what went in stays",
      tags,
    })
    .input(reference)
    .output(importProgressSchema),
  resume: base
    .route({ method: "POST", path: "/imports/{importId}/resume", summary: "Go on with a paused import", tags })
    .input(reference)
    .output(importProgressSchema),
  badRows: base
    .route({
      method: "GET",
      path: "/imports/{importId}/bad-rows",
      summary: "Rows with a problem, with their cells, by page",
      tags,
    })
    .input(paged)
    .output(z.object({ total: z.number().int(), columns: z.array(z.string()), items: z.array(badRowSchema) })),
  badRowsFile: base
    .route({
      method: "GET",
      path: "/imports/{importId}/bad-rows.csv",
      summary: "Rows with a problem as a CSV of the same columns, what is wrong behind them",
      tags,
    })
    .input(reference)
    .output(z.file()),
  retry: base
    .route({
      method: "POST",
      path: "/imports/{importId}/retry",
      summary: "Run bad rows once more, with the cells that were corrected",
      tags,
      successStatus: 202,
    })
    .input(
      reference.extend({
        rows: z
          .array(
            z.object({
              row: z.number().int().min(0),
              cells: z.record(z.string(), z.string()).default({}).describe("Those that were corrected, by column."),
            }),
          )
          .max(10_000)
          .optional()
          .describe("Left out: all of them, as they are."),
      }),
    )
    .output(importProgressSchema),
  watch: base
    .route({ method: "GET", path: "/imports/{importId}/events", summary: "Progress, as server-sent events", tags })
    .input(reference)
    .output(eventIterator(importProgressSchema)),
  list: base
    .route({
      method: "GET",
      path: "/imports",
      summary: "Imports, those that wait to go on among them, newest first",
      tags,
    })
    .output(z.array(importProgressSchema)),
  cancel: base
    .route({ method: "POST", path: "/imports/{importId}/cancel", summary: "Stop an import; what went in stays", tags })
    .input(reference)
    .output(importProgressSchema),
  discard: base
    .route({
      method: "DELETE",
      path: "/imports/{importId}",
      summary: "Forget an import that is over, with its upload and its list of bad rows",
      tags,
    })
    .input(reference)
    .output(z.object({ importId: z.string() })),
};

import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";

/** The data folder: how large it is, one file that holds all of it, and the way back. */

const partNameSchema = z.enum([
  "products",
  "pictures",
  "vectors",
  "journal",
  "photos",
  "evaluations",
  "batches",
  "descriptions",
  "models",
  "caches",
  "other",
]);
export type DataPart = z.infer<typeof partNameSchema>;

export const backupContentsSchema = z.object({
  app: z.string().describe("Version of the app that made it."),
  created: z.iso.datetime(),
  profile: z.enum(["embedded", "stack"]),
  fingerprint: z.object({ image: z.string(), text: z.string() }).describe("Of the models behind the vectors."),
  counts: z.object({
    products: z.number().int(),
    pictures: z.number().int(),
    vectors: z.number().int(),
    runs: z.number().int(),
    lines: z.number().int(),
  }),
  elsewhere: z.array(z.string()).describe("What is in services of the stack and so not in the file, in words."),
});
export type BackupContents = z.infer<typeof backupContentsSchema>;

export const backupSchema = z.object({
  id: z.string().nullable().describe("To fetch it by; null where it was written to a path."),
  file: z.string().describe("Its name, or its path where one was given."),
  bytes: z.number().int(),
  sha256: z.string(),
  contents: backupContentsSchema,
  seconds: z.number(),
});
export type Backup = z.infer<typeof backupSchema>;

const bytesDone = { kind: z.literal("progress"), done: z.number().int(), total: z.number().int().describe("Bytes.") };
const note = z.object({ kind: z.literal("note"), text: z.string() });

const backupEventSchema = z.discriminatedUnion("kind", [
  z.object(bytesDone),
  note,
  z.object({ kind: z.literal("done"), backup: backupSchema }),
]);
export type BackupEvent = z.infer<typeof backupEventSchema>;

export const stagedRestoreSchema = z.object({
  id: z.string(),
  file: z.string().describe("Name of the backup."),
  contents: backupContentsSchema,
  notes: z.array(z.string()).describe("What will be otherwise than in the backup."),
  armed: z.boolean().describe("Whether it takes the place of what is there, at the next start."),
});
export type StagedRestore = z.infer<typeof stagedRestoreSchema>;

const restoreEventSchema = z.discriminatedUnion("kind", [
  z.object(bytesDone),
  z.object({ kind: z.literal("ready"), restore: stagedRestoreSchema }),
]);
export type RestoreEvent = z.infer<typeof restoreEventSchema>;

export const dataOverviewSchema = z.object({
  folder: z.string(),
  parts: z.array(z.object({ name: partNameSchema, bytes: z.number().int(), files: z.number().int() })),
  freeBytes: z.number().int().describe("Of the disk that holds the folder."),
  now: z.object({ products: z.number().int() }).describe("What a restore would replace."),
  elsewhere: z.array(z.string()).describe("What is in services of the stack, and how to back it up there."),
  staged: stagedRestoreSchema.nullable(),
  previous: z
    .array(z.object({ name: z.string(), path: z.string(), bytes: z.number().int(), time: z.iso.datetime() }))
    .describe("Data that restores have replaced: kept until it is deleted."),
});
export type DataOverview = z.infer<typeof dataOverviewSchema>;

const tags = ["data"];
const reference = z.object({ id: z.uuid() });

/** All of them for callers on this machine only: a backup holds every picture, photo and price. */
export const dataContract = {
  overview: base
    .route({ method: "GET", path: "/data", summary: "The data folder, how large it is, and restores under way", tags })
    .output(dataOverviewSchema),
  backup: base
    .route({
      method: "POST",
      path: "/data/backups",
      summary: "Back up the data folder to one zip while the engine runs, as server-sent events",
      tags,
    })
    .input(
      z.object({
        path: z
          .string()
          .min(1)
          .optional()
          .describe("Where to write it (command line and desktop only); left out, it is kept to be fetched."),
        replace: z.boolean().default(false).describe("Write over a file that is there."),
      }),
    )
    .output(eventIterator(backupEventSchema)),
  backupFile: base
    .route({
      method: "GET",
      path: "/data/backups/{id}",
      summary: "Fetch a backup; it is kept until the next one, or until the engine ends",
      tags,
    })
    .input(reference)
    .output(z.file()),
  check: base
    .route({
      method: "POST",
      path: "/data/restores",
      summary: "Check a backup whole and unpack it beside the data, as server-sent events; nothing is replaced yet",
      tags,
    })
    .input(z.object({ file: z.file() }))
    .output(eventIterator(restoreEventSchema)),
  checkPath: base
    .route({
      method: "POST",
      path: "/data/restores/path",
      summary: "The same for a file of this machine (command line and desktop only)",
      tags,
    })
    .input(z.object({ path: z.string().min(1) }))
    .output(eventIterator(restoreEventSchema)),
  restore: base
    .route({
      method: "POST",
      path: "/data/restores/{id}",
      summary: "Have a checked backup take the place of the data, at the next start",
      tags,
    })
    .input(reference)
    .output(dataOverviewSchema),
  cancelRestore: base
    .route({ method: "DELETE", path: "/data/restores/{id}", summary: "Forget a checked backup", tags })
    .input(reference)
    .output(dataOverviewSchema),
  deletePrevious: base
    .route({
      method: "DELETE",
      path: "/data/previous/{name}",
      summary: "Delete, for good, data that a restore has replaced",
      tags,
    })
    .input(z.object({ name: z.string().min(1) }))
    .output(dataOverviewSchema),
};

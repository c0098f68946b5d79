import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";

/** Long work of the engine, of every kind in one list: what the pages' activity tray shows. */

export const activityKindSchema = z.enum([
  "import",
  "export",
  "bulk",
  "batch",
  "evaluation",
  "drafts",
  "duplicates",
  "map",
  "reembedding",
  "calibration",
  "stack-up",
  "stack-down",
  "move",
  "backup",
  "restore",
]);
export type ActivityKind = z.infer<typeof activityKindSchema>;

export const activityActionSchema = z.enum(["pause", "resume", "cancel", "start", "undo"]);
export type ActivityAction = z.infer<typeof activityActionSchema>;

export const activitySchema = z.object({
  id: z.string().describe("`<kind>:<id of the job>`."),
  kind: activityKindSchema,
  job: z.string().describe("The job's own id, for its page; empty where there is one of its kind only."),
  name: z.string().describe("What it is about: a file, a folder, a name that was given. May be empty."),
  state: z
    .enum(["running", "paused", "done", "failed", "cancelled", "suggested"])
    .describe("`suggested`: nothing runs, but it would pay; `name` says why."),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable().describe("Null while it is counted, or where nobody knows."),
  secondsLeft: z.number().nullable(),
  problems: z.number().int().describe("Things that failed while the rest went on."),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe("Why it stopped."),
  actions: z.array(activityActionSchema).describe("What can be done with it now."),
});
export type Activity = z.infer<typeof activitySchema>;

const tags = ["activity"];

export const activityContract = {
  list: base
    .route({ method: "GET", path: "/activities", summary: "Work that runs, and what ended lately", tags })
    .output(z.array(activitySchema)),
  watch: base
    .route({ method: "GET", path: "/activities/events", summary: "The same list at every change", tags })
    .output(eventIterator(z.array(activitySchema))),
  act: base
    .route({
      method: "POST",
      path: "/activities/{id}/{action}",
      summary: "Pause, resume, cancel, start or undo one",
      tags,
    })
    .input(z.object({ id: z.string().min(1), action: activityActionSchema }))
    .output(z.array(activitySchema)),
};

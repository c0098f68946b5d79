import type { BulkJob } from "./contract/bulk.ts";

/** Whether a bulk job that is over did something that can be taken back: the page and the tray offer it by this. */
export const isUndoable = ({ kind, changed, undone }: Pick<BulkJob, "kind" | "changed" | "undone">): boolean =>
  (kind === "edit" || kind === "delete") && changed > 0 && !undone;

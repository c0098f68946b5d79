import { create } from "zustand";
import type { ImportOptions, ImportPreview, ImportProgress, MappedColumn } from "../../../shared/contract/imports.ts";
import type { Problem } from "../lib/problem.ts";

interface ImportState {
  /** The import that runs, or the last one; outlives a change of page. */
  progress: ImportProgress | null;
  /** What was opened and waits for a person's word; null where nothing does. */
  preview: ImportPreview | null;
  /** Files are on their way to the engine. */
  uploading: boolean;
  /** The preview is being read anew. */
  reading: boolean;
  problem: Problem | null;
}

export const NOTHING: ImportState = {
  ...{ progress: null, preview: null, uploading: false, reading: false, problem: null },
};

export const useImport = create<ImportState>()(() => NOTHING);

export type ImportStep = "source" | "columns" | "plan" | "run";

/** Where a person stands, by what there is. */
export function stepOf({ progress, preview, uploading, problem }: ImportState): ImportStep {
  if (progress !== null && progress.task === "plan" && progress.state !== "prepared") return "plan";
  if (progress !== null && progress.state !== "prepared") return "run";
  if (preview !== null) return "columns";
  return uploading || problem !== null ? "run" : "source";
}

/** How a preview says that the table is to be read. */
export function readingOf({ columns, options }: ImportPreview): { columns: MappedColumn[]; options: ImportOptions } {
  return { columns: columns.map(({ column, target }) => ({ column, target })), options };
}

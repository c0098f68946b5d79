import { create } from "zustand";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import type { Problem } from "../lib/problem.ts";

interface ImportState {
  /** The import that runs, or the last one; outlives a change of page. */
  progress: ImportProgress | null;
  /** Files are on their way to the engine. */
  uploading: boolean;
  problem: Problem | null;
}

export const useImport = create<ImportState>()(() => ({ progress: null, uploading: false, problem: null }));

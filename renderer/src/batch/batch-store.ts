import { create } from "zustand";
import type { BatchItem } from "../../../shared/contract/batch.ts";
import type { Problem } from "../lib/problem.ts";

/** Decisions of one stroke, and what was there before. */
export interface Stroke {
  batch: string;
  items: readonly number[];
  before: BatchItem["decision"];
}

interface BatchState {
  /** Photos that are on their way to the engine; outlives a change of page. */
  uploading: { id: string | null; sent: number; total: number } | null;
  problem: Problem | null;
  /** What U takes back, the last one last. */
  strokes: readonly Stroke[];
  /** A decision is on its way. */
  deciding: boolean;
}

export const useBatches = create<BatchState>()(() => ({
  uploading: null,
  problem: null,
  strokes: [],
  deciding: false,
}));

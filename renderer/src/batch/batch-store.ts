import { z } from "zod";
import { create } from "zustand";
import { batchItemSchema } from "../../../shared/contract/batch.ts";
import type { Problem } from "../lib/problem.ts";
import { tellSending } from "../lib/sending.ts";

/** Decisions of one stroke, and what was there before. */
const strokeSchema = z.object({
  batch: z.string(),
  items: z.array(z.number().int()),
  before: batchItemSchema.shape.decision,
});
export type Stroke = z.infer<typeof strokeSchema>;

const KEY = "shelfmatch-batch-strokes";
/** Strokes that can be taken back; over all batches, so that they fit into what a page may keep. */
const MOST_STROKES = 200;

/** What was decided before the page was loaded anew can be taken back all the same. */
function keptStrokes(): readonly Stroke[] {
  try {
    return z.array(strokeSchema).parse(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    // Another version's, or none may be kept: nothing to take back, then.
    return [];
  }
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
  strokes: keptStrokes(),
  deciding: false,
}));

useBatches.subscribe(({ strokes }, before) => {
  if (strokes === before.strokes) return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(strokes.slice(-MOST_STROKES)));
  } catch {
    // Full, or forbidden: the strokes of this page can be taken back until it is left.
  }
});

// Told rather than looked up: the tray is on every page, and this store brings the batches' schema along.
useBatches.subscribe(({ uploading }) => tellSending("/batch", uploading !== null));

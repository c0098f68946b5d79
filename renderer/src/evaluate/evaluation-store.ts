import { create } from "zustand";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import type { Problem } from "../lib/problem.ts";

interface EvaluationState {
  /** The evaluation that runs, or the last one; outlives a change of page. */
  running: EvaluationSummary | null;
  /** Photos are on their way to the engine. */
  uploading: boolean;
  problem: Problem | null;
}

export const useEvaluation = create<EvaluationState>()(() => ({ running: null, uploading: false, problem: null }));

export function isOver({ state }: Pick<EvaluationSummary, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** 0..100; null while it is not known how much there is. */
export function percentDone({
  state,
  done,
  total,
  embedding,
}: Pick<EvaluationSummary, "state" | "done" | "total" | "embedding">): number | null {
  if (embedding !== null) return Math.floor((embedding.done / Math.max(1, embedding.total)) * 100);
  if (state === "preparing" || total === null || total === 0) return null;
  return Math.floor((done / total) * 100);
}

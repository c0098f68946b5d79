import { create } from "zustand";
import type { MatchResult } from "../../../shared/contract/match.ts";
import type { Problem } from "../lib/problem.ts";
import type { Question } from "./question.ts";

interface AnswerState {
  /** What `result` or `problem` is the answer to. */
  question: Question | null;
  result: MatchResult | null;
  problem: Problem | null;
  running: boolean;
  /** The result is the last of its run, which is in the journal then. */
  complete: boolean;
  /** Which candidate is compared with the query picture. */
  chosen: number;
}

export const useAnswer = create<AnswerState>()(() => ({
  question: null,
  result: null,
  problem: null,
  running: false,
  complete: false,
  chosen: 0,
}));

import { create } from "zustand";
import { client } from "../lib/client.ts";
import { type Problem, toProblem } from "../lib/problem.ts";

export type Answer = "right" | "wrong" | "this" | "absent";

interface FeedbackState {
  /** The run that was judged last, and how. */
  runId: string | null;
  answer: Answer | null;
  sku: string | null;
  sending: boolean;
  problem: Problem | null;
}

export const useFeedback = create<FeedbackState>()(() => ({
  runId: null,
  answer: null,
  sku: null,
  sending: false,
  problem: null,
}));

/** Journals what the person says of an answer; saying something else later replaces it. */
export async function sendFeedback(runId: string, answer: Answer, sku: string | null = null): Promise<void> {
  useFeedback.setState({ runId, answer, sku, sending: true, problem: null });
  try {
    await client.match.feedback({ runId, answer, ...(sku === null ? {} : { sku }) });
    useFeedback.setState({ sending: false });
  } catch (error) {
    useFeedback.setState({ answer: null, sku: null, sending: false, problem: toProblem(error) });
  }
}

import type { MatchResult } from "../../../shared/contract/match.ts";
import type { Judged } from "../feedback/feedback-store.ts";
import type { Question } from "./question.ts";

/** The answer on the page, as a person judges it. */
export function judgedOf(question: Question, { runId, verdict, matches, picture }: MatchResult): Judged {
  return {
    runId,
    first: verdict === "none" ? null : (matches[0]?.sku ?? null),
    photo: question.photo?.file ?? null,
    pictured: picture !== null,
  };
}

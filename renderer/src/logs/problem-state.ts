import type { Problem, ProblemState } from "../../../shared/contract/journal.ts";
import { type Message, msg } from "../lib/i18n/i18n.ts";

export const STATE_WORDS: Record<ProblemState, Message> = {
  known: msg("Known"),
  ignored: msg("Ignored"),
  resolved: msg("Resolved"),
};

/** What people have said of it; open again where a resolved one came back. */
export const stateOf = ({ mark, returned }: Problem): ProblemState | "open" =>
  mark === null || returned ? "open" : mark.state;

import type { Run } from "../../../shared/contract/journal.ts";
import { type Message, msg } from "../lib/i18n/i18n.ts";

export const FEEDBACK_WORDS: Record<NonNullable<Run["feedback"]>["answer"], Message> = {
  right: msg("Right"),
  wrong: msg("Wrong"),
  this: msg("Another one"),
  absent: msg("Not in the catalogue"),
};

export const KIND_WORDS: Record<Run["kind"], Message> = {
  picture: msg("A picture"),
  text: msg("Words"),
  "picture+text": msg("A picture with a note"),
  barcode: msg("A barcode"),
};

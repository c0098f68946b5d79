import type { Run } from "../../../shared/contract/journal.ts";

export const FEEDBACK_WORDS: Record<NonNullable<Run["feedback"]>["answer"], string> = {
  right: "Right",
  wrong: "Wrong",
  this: "Another one",
  absent: "Not in the catalogue",
};

export const KIND_WORDS: Record<Run["kind"], string> = {
  picture: "A picture",
  text: "Words",
  "picture+text": "A picture with a note",
  barcode: "A barcode",
};

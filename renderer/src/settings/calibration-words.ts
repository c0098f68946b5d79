import type { CalibrationState, Recalibration } from "../../../shared/contract/calibration.ts";

export const DUE_WORDS: Record<NonNullable<CalibrationState["due"]>, string> = {
  encoder: "The encoder is another one: fit it anew before you rely on confidences.",
  grown: "The catalogue has grown by half since: fitting it anew is worth while.",
  feedback: "Many answers were judged since: fitting it anew makes use of them.",
};

/** What a refit came to, in a sentence or two. */
export function outcomeWords({ taken, queries, labelled, kinds }: Recalibration): string {
  const on = `on ${queries} made queries and ${labelled} judged photos`;
  if (!taken) return `The shipped one was better ${on} and stays.`;
  const verified = kinds.find(({ kind, taken: better }) => kind === "verified" && better);
  const figures =
    verified?.before && verified.after
      ? ` Of compared pictures, the error of confidence went from ${verified.before.ece.toFixed(3)} to ${verified.after.ece.toFixed(3)}.`
      : "";
  return `It was better ${on} for ${kinds.filter((one) => one.taken).length} of ${kinds.length} kinds of evidence.${figures}`;
}

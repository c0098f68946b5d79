import type { CalibrationState, Recalibration } from "../../../shared/contract/calibration.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

export const DUE_WORDS: Record<NonNullable<CalibrationState["due"]>, Message> = {
  encoder: msg("The encoder is another one: fit it anew before you rely on confidences."),
  grown: msg("The catalogue has grown by half since: fitting it anew is worth while."),
  feedback: msg("Many answers were judged since: fitting it anew makes use of them."),
};

/** What a refit came to, in a sentence or two. */
export function outcomeWords({ taken, queries, labelled, kinds }: Recalibration): string {
  const on = t("on {queries} made queries and {labelled} judged photos", { queries, labelled });
  if (!taken) return t("The shipped one was better {on} and stays.", { on });
  const verified = kinds.find(({ kind, taken: better }) => kind === "verified" && better);
  const better = t("It was better {on} for {taken} of {all} kinds of evidence.", {
    on,
    taken: kinds.filter((one) => one.taken).length,
    all: kinds.length,
  });
  if (!verified?.before || !verified.after) return better;
  const figures = t("Of compared pictures, the error of confidence went from {before} to {after}.", {
    before: verified.before.ece.toFixed(3),
    after: verified.after.ece.toFixed(3),
  });
  return `${better} ${figures}`;
}

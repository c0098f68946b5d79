import type { DraftingProgress } from "../../../shared/contract/drafts.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

const OVER: Partial<Record<DraftingProgress["state"], Message>> = {
  done: msg("Done: {drafted} of {total} drafted"),
  failed: msg("Stopped: {drafted} of {total} drafted"),
  cancelled: msg("Stopped by you: {drafted} of {total} drafted"),
};

/** How far the drafting is, in one line. */
export function draftingLine({ state, done, total, drafted, secondsLeft }: DraftingProgress): string {
  const over = OVER[state];
  if (total === null)
    return over === undefined ? t("Looking for products without a description") : t("Stopped before it began");
  if (over !== undefined) {
    if (total === 0) return t("Done: every product with a picture is described, or its draft was rejected");
    return t(over, { drafted: formatCount(drafted), total: formatCount(total) });
  }
  const counts = { done: formatCount(done), total: formatCount(total) };
  if (secondsLeft === null) return t("{done} of {total} products", counts);
  return t("{done} of {total} products, about {left} left", { ...counts, left: formatDuration(secondsLeft) });
}

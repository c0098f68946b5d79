import type { DraftingProgress } from "../../../shared/contract/drafts.ts";
import { formatCount } from "../lib/format.ts";

const OVER: Partial<Record<DraftingProgress["state"], string>> = {
  done: "Done",
  failed: "Stopped",
  cancelled: "Stopped by you",
};

/** How far the drafting is, in one line. */
export function draftingLine({ state, done, total, drafted, secondsLeft }: DraftingProgress): string {
  const over = OVER[state];
  if (total === null)
    return over === undefined ? "Looking for products without a description" : `${over} before it began`;
  if (over !== undefined) {
    if (total === 0) return "Done: every product with a picture is described, or its draft was rejected";
    return `${over}: ${formatCount(drafted)} of ${formatCount(total)} drafted`;
  }
  const left =
    secondsLeft === null
      ? ""
      : `, about ${secondsLeft < 90 ? `${secondsLeft} s` : `${Math.round(secondsLeft / 60)} min`} left`;
  return `${formatCount(done)} of ${formatCount(total)} products${left}`;
}

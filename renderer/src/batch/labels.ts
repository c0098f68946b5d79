import type { BatchItem, BatchSort, BatchState, BatchSummary } from "../../../shared/contract/batch.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import type { Outcome } from "./address.ts";

/** How batches and their items read. */

export const STATE_LABEL: Record<BatchState, Message> = {
  running: msg("Running"),
  watching: msg("Watching"),
  paused: msg("Paused"),
  done: msg("Done"),
  cancelled: msg("Cancelled"),
  failed: msg("Failed"),
};

/** Colour names of the theme; the words beside them say the same. */
export const STATE_COLOR: Record<BatchState, string> = {
  running: "pine",
  watching: "pine",
  paused: "amber",
  done: "slate",
  cancelled: "slate",
  failed: "red",
};

export const OUTCOME_LABEL: Record<Outcome, Message> = {
  match: msg("Match"),
  similar: msg("Similar"),
  none: msg("Not in the catalogue"),
  waiting: msg("Waiting"),
  failed: msg("Failed"),
  skipped: msg("Seen before"),
};

export const OUTCOME_COLOR: Record<Outcome, string> = {
  match: "pine",
  similar: "amber",
  none: "slate",
  waiting: "slate",
  failed: "red",
  skipped: "slate",
};

export const SORT_LABEL: Record<BatchSort, Message> = {
  added: msg("As they came"),
  file: msg("By file name"),
  unsurest: msg("Least sure first"),
  surest: msg("Surest first"),
  product: msg("By product"),
};

export const DECISION_LABEL: Record<NonNullable<BatchItem["decision"]>["answer"], Message> = {
  right: msg("Accepted"),
  this: msg("Corrected"),
  absent: msg("Rejected"),
};

export const outcomeOfItem = ({ state, verdict }: Pick<BatchItem, "state" | "verdict">): Outcome =>
  state === "done" ? (verdict ?? "none") : state === "running" ? "waiting" : state;

export const isMoving = ({ state }: Pick<BatchSummary, "state">): boolean =>
  state === "running" || state === "watching";

export const decidedCount = ({ decided }: Pick<BatchSummary, "decided">): number =>
  decided.right + decided.this + decided.absent;

/** "312 of 1,000 photos · about 5 min left". */
export function progressLine({ total, waiting, state, secondsLeft }: BatchSummary): string {
  if (state === "running" && total === 0) return t("Looking through the folder…");
  const matched = t("{done} of {total, plural, one {# photo} other {# photos}} matched", {
    done: formatCount(total - waiting),
    total,
  });
  if (state === "running" && secondsLeft !== null)
    return t("{matched} · about {time} left", { matched, time: formatDuration(secondsLeft) });
  if (state === "watching") return t("{matched} · waiting for new ones", { matched });
  return matched;
}

import type { BatchState, BatchSummary } from "../../shared/contract/batch.ts";
import type { Counts, StoredBatch } from "./rows.ts";
import type { BatchStore } from "./store.ts";

/** How a batch stands, as it is told. */

export const isPast = (state: BatchState) => state === "done" || state === "cancelled" || state === "failed";

function stateOf({ status, listed, watch, kind }: StoredBatch, { waiting }: Pick<Counts, "waiting">): BatchState {
  if (status !== "active") return status;
  if (waiting > 0 || (kind === "folder" && !listed)) return "running";
  return watch ? "watching" : "done";
}

interface StandingOptions {
  store: Pick<BatchStore, "counts">;
  /** Grows with every change of the batch. */
  versionOf(id: string): number;
  /** Pictures a second, while that is known. */
  pace(id: string): number | null;
  /** How long uploaded pictures are kept once a batch is done. */
  keptMs(): number;
}

export function createStanding({ store, versionOf, pace, keptMs }: StandingOptions) {
  const counted = new Map<string, { version: number; counts: Counts }>();

  /** Counted once a change: lists of batches are asked for twice a second, and an item a row adds up. */
  function countsOf(id: string): Counts {
    const version = versionOf(id);
    const known = counted.get(id);
    if (known?.version === version) return known.counts;
    const counts = store.counts(id);
    counted.set(id, { version, counts });
    return counts;
  }

  return function summary(batch: StoredBatch): BatchSummary {
    const { id, name, kind, folder, watch, time, finished, swept, problem } = batch;
    const counts = countsOf(id);
    const state = stateOf(batch, counts);
    const perSecond = pace(id);
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    return {
      ...{ id, name, time: new Date(time).toISOString(), state, source: { kind, folder, watch } },
      ...counts,
      secondsLeft: state === "running" && perSecond !== null ? Math.ceil(counts.waiting / perSecond) : null,
      finished: iso(finished),
      picturesUntil: kind === "folder" || swept || finished === null ? null : iso(finished + keptMs()),
      problem,
    };
  };
}

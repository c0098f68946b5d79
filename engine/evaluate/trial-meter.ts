import type { EvaluationSummary } from "../../shared/contract/evaluate.ts";
import type { ErrorBody } from "../../shared/errors.ts";

/** How far an evaluation is, as it is told to its watchers. */
export interface TrialMeter {
  snapshot(): EvaluationSummary;
  change(changes: Partial<EvaluationSummary>): void;
  queryDone(): void;
  finish(state: "done" | "failed" | "cancelled", error?: Pick<ErrorBody, "code" | "message">): void;
  readonly isFinal: boolean;
  /** Grows with every change. */
  readonly version: number;
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;

export function createTrialMeter(first: EvaluationSummary): TrialMeter {
  const started = performance.now();
  let asking: number | null = null;
  let summary = first;
  let version = 0;
  let ended: number | null = null;
  const change = (changes: Partial<EvaluationSummary>) => {
    summary = { ...summary, ...changes };
    version++;
  };
  return {
    get isFinal() {
      return ended !== null;
    },
    get version() {
      return version;
    },
    change(changes) {
      if (changes.state === "running") asking = performance.now();
      change(changes);
    },
    queryDone: () => change({ done: summary.done + 1 }),
    finish(state, error) {
      ended = performance.now();
      change({ state, error: error === undefined ? null : { code: error.code, message: error.message } });
    },
    snapshot() {
      const { done, total, state } = summary;
      const now = ended ?? performance.now();
      const left =
        state !== "running" || total === null || done === 0 || asking === null
          ? null
          : Math.ceil(((now - asking) / done / 1000) * (total - done));
      return { ...summary, seconds: round((now - started) / 1000), secondsLeft: left };
    },
  };
}

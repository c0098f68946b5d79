import type { Activity } from "../../shared/contract/activity.ts";
import type { BatchSummary } from "../../shared/contract/batch.ts";
import type { BulkJob } from "../../shared/contract/bulk.ts";
import type { CalibrationState } from "../../shared/contract/calibration.ts";
import { isUndoable } from "../../shared/undoable.ts";
import type { ReembeddingStatus } from "../index/reembedding.ts";
import type { EngineServices } from "../services.ts";
import type { ActivitySource, Entry } from "./activities.ts";

/** The engine's jobs as activities: each source reads one kind off the service that runs it. */

interface Jobs
  extends Pick<
    EngineServices,
    "importer" | "curator" | "batches" | "evaluator" | "drafter" | "duplicates" | "mapper" | "recalibrator"
  > {
  /** How far the catalogue has been embedded by another encoder. */
  reembedding(): ReembeddingStatus;
}

const entry = (said: Pick<Entry, "state"> & Partial<Entry>): Entry => ({
  ...{ job: "", name: "", done: 0, total: null, secondsLeft: null, problems: 0, error: null },
  actions: said.state === "running" ? ["cancel"] : [],
  ...said,
});

const isEnd = (state: string): state is "done" | "failed" | "cancelled" =>
  state === "done" || state === "failed" || state === "cancelled";

/** Whatever a job calls the time before its end. */
const stateOf = (state: string): Activity["state"] => (isEnd(state) ? state : "running");

const internal = (message: string | null) => (message === null ? null : { code: "INTERNAL", message });

/** Of jobs that can be paused. */
const ACTIONS: Record<Activity["state"], Entry["actions"]> = {
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  done: [],
  failed: [],
  cancelled: [],
  suggested: [],
};

/** The tray asks each second; what it rests on changes in days. */
const DUE_MS = 30_000;

/** Calibrating, or that it would pay. */
function calibrationSource(recalibrator: Jobs["recalibrator"]): ActivitySource {
  let looked: { at: number; due: CalibrationState["due"] } | null = null;
  async function due(): Promise<CalibrationState["due"]> {
    if (looked === null || performance.now() - looked.at > DUE_MS) {
      looked = { at: performance.now(), due: (await recalibrator.state()).due };
    }
    return looked.due;
  }
  return {
    kind: "calibration",
    async now() {
      const { state, done, total, error } = recalibrator.progress();
      const work = state === "idle" ? [] : [entry({ done, total, error: internal(error), state })];
      if (state === "running") {
        looked = null;
        return work;
      }
      const why = await due();
      return why === null ? work : [...work, entry({ job: "due", name: why, state: "suggested", actions: ["start"] })];
    },
    act: (_job, action) => (action === "start" ? recalibrator.refit({}) : recalibrator.cancel()),
  };
}

/** @param busy whether a bulk job runs: one does at a time, an undo too */
function bulkEntry(job: BulkJob, busy: boolean): Entry {
  const { id, kind, state, done, total, refused, error } = job;
  const said = entry({ job: id, name: kind, state, done, total, problems: refused, error: internal(error) });
  return isUndoable(job) && !busy ? { ...said, actions: ["undo"] } : said;
}

function batchEntry(batch: BatchSummary, since: number): Entry[] {
  const { id, name, total, waiting, failed, secondsLeft, state, problem, finished } = batch;
  if (state === "watching") return [];
  if (isEnd(state) && (finished === null || Date.parse(finished) < since)) return [];
  const now = state === "paused" ? "paused" : stateOf(state);
  const actions = ACTIONS[now];
  return [
    entry({
      job: id,
      name,
      total,
      done: total - waiting,
      problems: failed,
      secondsLeft,
      state: now,
      error: problem,
      actions,
    }),
  ];
}

export function activitySources(jobs: Jobs): ActivitySource[] {
  const { importer, curator, batches, evaluator, drafter, duplicates, mapper, recalibrator, reembedding } = jobs;
  const since = Date.now();
  return [
    {
      kind: "import",
      now: () =>
        importer.list().flatMap(({ importId, source, state, done, total, secondsLeft, failedCount, error }) => {
          // Somebody looks at it, or at its dry run: nothing is under way.
          if (state === "prepared" || state === "planned") return [];
          const now = state === "paused" ? "paused" : stateOf(state);
          const rest = { done, total, secondsLeft, problems: failedCount, error, actions: ACTIONS[now] };
          return [entry({ job: importId, name: source, state: now, ...rest })];
        }),
      act(job, action) {
        if (action === "pause") return importer.pause(job);
        return action === "resume" ? importer.resume(job) : importer.cancel(job);
      },
    },
    {
      kind: "bulk",
      now() {
        const bulk = curator.list();
        const busy = bulk.some(({ state }) => state === "running");
        return bulk.map((job) => bulkEntry(job, busy));
      },
      act: (job, action) => (action === "undo" ? curator.undo(job) : curator.cancel(job)),
    },
    {
      kind: "batch",
      now: () => batches.list().flatMap((batch) => batchEntry(batch, since)),
      act(job, action) {
        if (action === "pause") return batches.pause(job);
        return action === "resume" ? batches.resume(job) : batches.cancel(job);
      },
    },
    {
      kind: "evaluation",
      now: () =>
        evaluator.lately().map(({ id, name, source, state, done, total, secondsLeft, embedding, error }) =>
          entry({
            job: id,
            name: name || (source.kind === "folder" ? source.name : ""),
            // Embedding comes before the first query.
            done: embedding?.done ?? done,
            total: embedding?.total ?? total,
            secondsLeft,
            error,
            state: stateOf(state),
          }),
        ),
      act: (job) => evaluator.cancel(job),
    },
    {
      kind: "drafts",
      async now() {
        const { job } = await drafter.status();
        if (job === null) return [];
        const { state, done, total, secondsLeft, failedCount, error } = job;
        return [entry({ done, total, secondsLeft, problems: failedCount, error, state: stateOf(state) })];
      },
      act: () => drafter.cancel(),
    },
    {
      kind: "duplicates",
      now() {
        const { state, done, total, error } = duplicates.progress();
        return state === "never" ? [] : [entry({ done, total, error: internal(error), state })];
      },
      act: () => duplicates.cancel(),
    },
    {
      kind: "map",
      now: () =>
        mapper
          .progress()
          .map(({ kind, state, progress, error }) =>
            entry({ job: kind, done: progress, total: 1, error: internal(error), state: stateOf(state) }),
          ),
      act: (job) => mapper.cancel(job === "text" ? "text" : "image"),
    },
    {
      kind: "reembedding",
      now() {
        const { state, products } = reembedding();
        const { done, failed, total } = products;
        if (state !== "filling" || total === 0) return [];
        // What the settings say can't be cancelled here: another choice there would begin it anew.
        return [entry({ done: done + failed, total, problems: failed, state: "running", actions: [] })];
      },
    },
    calibrationSource(recalibrator),
  ];
}

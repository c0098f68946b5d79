import { create } from "zustand";
import type { BulkJob, BulkWork, Selection } from "../../../../shared/contract/bulk.ts";
import { client } from "../../lib/client.ts";
import { type Problem, toProblem } from "../../lib/problem.ts";
import { api, queryClient } from "../../lib/queries.ts";

interface BulkState {
  /** The job that runs, or the last one; outlives a change of page, and is found again after a reload. */
  job: BulkJob | null;
  problem: Problem | null;
}

export const useBulk = create<BulkState>()(() => ({ job: null, problem: null }));

const WATCH_AGAIN_MS = 1_500;

async function refresh(): Promise<void> {
  await Promise.all(
    [api.catalog.key(), api.bin.key(), api.history.key(), api.system.health.key()].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}

/** Follows a job to its end, also over a lost connection. */
async function watch(id: string): Promise<void> {
  for (;;) {
    try {
      for await (const job of await client.bulk.watch({ id })) useBulk.setState({ job, problem: null });
      if (useBulk.getState().job?.state !== "running") break;
    } catch (error) {
      const problem = toProblem(error);
      useBulk.setState({ problem });
      if (!problem.retryable) break;
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH_AGAIN_MS));
  }
  await refresh();
}

async function run(start: () => Promise<BulkJob>): Promise<boolean> {
  try {
    const job = await start();
    useBulk.setState({ job, problem: null });
    void watch(job.id);
    return true;
  } catch (error) {
    useBulk.setState({ problem: toProblem(error) });
    return false;
  }
}

/** @returns whether it began; otherwise the store says why not */
export const startBulk = (selection: Selection, work: BulkWork) => run(() => client.bulk.start({ selection, work }));
export const undoBulk = (id: string) => run(() => client.bulk.undo({ id }));

export async function cancelBulk(id: string): Promise<void> {
  await client.bulk.cancel({ id }).catch((error: unknown) => useBulk.setState({ problem: toProblem(error) }));
}

export const dismissBulk = () => useBulk.setState({ job: null, problem: null });

/** Shows a job that runs already when the page is opened. */
export async function adoptBulk(): Promise<void> {
  if (useBulk.getState().job !== null) return;
  const jobs = await client.bulk.list().catch(() => []);
  const running = jobs.find(({ state }) => state === "running");
  if (running === undefined) return;
  useBulk.setState({ job: running });
  void watch(running.id);
}

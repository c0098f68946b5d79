import { create } from "zustand";
import type { Activity, ActivityAction } from "../../../shared/contract/activity.ts";
import { undoBulk, useBulk } from "../catalog/bulk/bulk-store.ts";
import { client } from "../lib/client.ts";
import { desktop } from "../lib/desktop.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";

const RUNNING_POLL_MS = 1_000;
const QUIET_POLL_MS = 2_000;
const KEY = "shelfmatch-activities-hidden";

interface TrayState {
  /** Ended work that the person has seen and put away. */
  hidden: readonly string[];
  problem: Problem | null;
}

function remembered(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export const useTray = create<TrayState>()(() => ({ hidden: remembered(), problem: null }));

/** Nothing goes on: it has ended, or was only suggested. */
export const isOver = ({ state }: Activity): boolean => state !== "running" && state !== "paused";

/**
 * All long work as the engine lists it, so that a reload finds what runs. Polled and not watched: every open page would
 * hold one of the few connections that a browser has for a host.
 */
export const activitiesQuery = api.activity.list.queryOptions({
  refetchInterval: ({ state: { data } }) =>
    data?.some(({ state }) => state === "running") ? RUNNING_POLL_MS : QUIET_POLL_MS,
  // The task bar shows it while the window is out of sight.
  refetchIntervalInBackground: desktop !== null,
  retry: false,
});

export async function act({ id, kind, job }: Activity, action: ActivityAction): Promise<void> {
  try {
    if (kind === "bulk" && action === "undo") {
      // By the catalogue's own way, which follows the job and shows what has changed.
      const begun = await undoBulk(job);
      useTray.setState({ problem: begun ? null : useBulk.getState().problem });
      return queryClient.invalidateQueries({ queryKey: activitiesQuery.queryKey });
    }
    queryClient.setQueryData(activitiesQuery.queryKey, await client.activity.act({ id, action }));
    useTray.setState({ problem: null });
  } catch (error) {
    useTray.setState({ problem: toProblem(error) });
  }
}

/** Puts away what has ended; its own page still has it. */
export function hideEnded(activities: readonly Activity[]): void {
  const hidden = activities.filter(isOver).map(({ id }) => id);
  useTray.setState({ hidden });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(hidden));
  } catch {
    // Storage is blocked: it holds until the page is left.
  }
}

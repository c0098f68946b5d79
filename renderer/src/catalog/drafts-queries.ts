import { api } from "../lib/queries.ts";

const RUNNING_POLL_MS = 1_000;

/** Whether descriptions can be drafted, how many wait, and how far the job is; asked more often while it runs. */
export const draftsStatusQuery = api.drafts.status.queryOptions({
  refetchInterval: ({ state }) => (isRunning(state.data?.job?.state) ? RUNNING_POLL_MS : false),
});

export const isRunning = (state: string | undefined): boolean => state === "looking" || state === "running";

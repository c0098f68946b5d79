import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { keepPreviousData, QueryCache, QueryClient } from "@tanstack/react-query";
import { client } from "./client.ts";
import { isServiceFault, toProblem } from "./problem.ts";

/** Query and mutation options of every procedure, with keys made from the contract. */
export const api = createTanstackQueryUtils(client);

export function isGone(error: unknown): boolean {
  return toProblem(error).code === "ENGINE_GONE";
}

const HEALTH_FRESH_MS = 1_500;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The first call to fail says that the engine, or a service, is gone: what shows it need not wait for the next poll.
      const health = queryClient.getQueryState(healthQuery.queryKey);
      const asked = Math.max(health?.dataUpdatedAt ?? 0, health?.errorUpdatedAt ?? 0);
      const away = isGone(error) || isServiceFault(toProblem(error).code);
      if (!away || Date.now() - asked < HEALTH_FRESH_MS) return;
      void queryClient.refetchQueries({ queryKey: healthQuery.queryKey });
    },
  }),
  defaultOptions: {
    queries: {
      // The engine is on this machine: it is there or it is not, and the banner says which.
      networkMode: "always",
      retry: (failures, error) => failures < 2 && toProblem(error).retryable,
      retryDelay: 400,
      staleTime: 5_000,
    },
    mutations: { networkMode: "always" },
  },
});

const HEALTHY_POLL_MS = 10_000;
const LOST_POLL_MS = 1_500;
/** While a part is down: its return is waited for, and each look costs a try to reach it. */
const DOWN_POLL_MS = 4_000;
/** While something is on its way that people wait for. */
const BUSY_POLL_MS = 1_500;

/** How the engine is; polled for as long as anything shows it, quicker while it is lost or embeds the catalogue anew. */
export const healthQuery = api.system.health.queryOptions({
  refetchInterval: ({ state: { status, data } }) => {
    if (status === "error") return LOST_POLL_MS;
    if (data?.status === "down") return DOWN_POLL_MS;
    return data?.reembedding == null ? HEALTHY_POLL_MS : BUSY_POLL_MS;
  },
  refetchIntervalInBackground: true,
  retry: false,
  placeholderData: keepPreviousData,
});

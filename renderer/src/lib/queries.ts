import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { keepPreviousData, QueryClient } from "@tanstack/react-query";
import { client } from "./client.ts";
import { toProblem } from "./problem.ts";

/** Query and mutation options of every procedure, with keys made from the contract. */
export const api = createTanstackQueryUtils(client);

export const queryClient = new QueryClient({
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

/** How the engine is; polled for as long as anything shows it, quicker while it is lost. */
export const healthQuery = api.system.health.queryOptions({
  refetchInterval: (query) => (query.state.status === "error" ? LOST_POLL_MS : HEALTHY_POLL_MS),
  refetchIntervalInBackground: true,
  retry: false,
  placeholderData: keepPreviousData,
});

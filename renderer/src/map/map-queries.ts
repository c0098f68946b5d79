import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MapKind } from "../../../shared/contract/map.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";

const RUNNING_POLL_MS = 700;

export function useMapState(kind: MapKind) {
  return useQuery(
    api.map.state.queryOptions({
      input: { kind },
      refetchInterval: ({ state }) => (state.data?.state === "running" ? RUNNING_POLL_MS : false),
    }),
  );
}

/** @param finishedAt of the map that is kept; null where there is none */
export function useMapPoints(kind: MapKind, finishedAt: string | null) {
  return useQuery(
    api.map.points.queryOptions({
      input: { kind },
      // A map that was made anew is another one.
      queryKey: [...api.map.points.key({ input: { kind } }), finishedAt],
      enabled: finishedAt !== null,
      placeholderData: keepPreviousData,
      retry: (failures, error) => failures < 2 && toProblem(error).retryable,
    }),
  );
}

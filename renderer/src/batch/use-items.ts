import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { BatchItem } from "../../../shared/contract/batch.ts";
import { api } from "../lib/queries.ts";
import type { BatchView } from "./address.ts";

/** Items that are fetched together. */
const CHUNK = 100;

/** Numbers of the items that the filter leaves. Decided ones stay where they are until the filter is another. */
export function useOrder(id: string, { filter, sort }: Pick<BatchView, "filter" | "sort">) {
  return useQuery(
    api.batch.order.queryOptions({
      input: { id, sort, ...filter },
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  );
}

/**
 * The items around what is in sight, by their numbers.
 * @param order all of them
 * @param from place of the first one in sight
 * @param to place behind the last one
 */
export function useItems(
  id: string,
  order: readonly number[],
  from: number,
  to: number,
): ReadonlyMap<number, BatchItem> {
  const first = Math.floor(Math.max(0, from) / CHUNK);
  const last = Math.floor(Math.max(0, to - 1) / CHUNK);
  const chunks = useMemo(() => {
    const found: number[][] = [];
    for (let chunk = first; chunk <= last; chunk++) {
      const numbers = order.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      if (numbers.length > 0) found.push(numbers);
    }
    return found;
  }, [order, first, last]);
  return useQueries({
    queries: chunks.map((items) =>
      api.batch.items.queryOptions({
        input: { id, items },
        staleTime: Number.POSITIVE_INFINITY,
        placeholderData: keepPreviousData,
      }),
    ),
    combine: (results) =>
      new Map(results.flatMap(({ data }) => data?.items ?? []).map((item): [number, BatchItem] => [item.item, item])),
  });
}

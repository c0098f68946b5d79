import { useDebouncedValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import type { Product } from "../../../../shared/contract/domain.ts";
import { api } from "../../lib/queries.ts";

/** Products that one call brings: some screens of rows. */
export const WINDOW = 100;
/** While the wheel turns, only what it stops at is asked for. */
const SETTLE_MS = 60;
/** Windows that are out of sight are forgotten after a while: a hundred thousand products are not kept in the page. */
const KEEP_MS = 60_000;
/** While products wait for the index, their state changes without anybody doing anything. */
const INDEXING_POLL_MS = 1_500;

export interface Products {
  /** That fit; null until that is known. */
  total: number | null;
  /** Undefined while it is on its way. */
  at(index: number): Product | undefined;
  /** What is shown is the last filter's, until this one's is here. */
  stale: boolean;
  error: Error | null;
  refetch(): void;
}

interface Range {
  first: number;
  last: number;
}

const windowsOf = ({ first, last }: Range): string => {
  const pages: number[] = [];
  for (let page = Math.floor(Math.max(0, first) / WINDOW); page <= Math.floor(Math.max(0, last) / WINDOW); page += 1) {
    pages.push(page + 1);
  }
  return pages.join();
};

/** The list as a sparse array: what is in sight is loaded, a window at a time. */
export function useProducts(query: ProductQuery, range: Range): Products {
  const [wanted] = useDebouncedValue(windowsOf(range), SETTLE_MS, { leading: true });
  const key = JSON.stringify(query);
  // A new filter begins at its top, whatever was in sight.
  const lastKey = useRef(key);
  const pages = lastKey.current === key ? wanted.split(",").map(Number) : [1];
  lastKey.current = key;

  const results = useQueries({
    queries: pages.map((page) =>
      api.catalog.list.queryOptions({
        input: { ...query, page, pageSize: WINDOW, facets: false },
        gcTime: KEEP_MS,
        refetchInterval: ({ state }) =>
          state.data?.items.some((product) => product.indexState === "pending") ? INDEXING_POLL_MS : false,
      }),
    ),
  });

  const kept = useRef<{ key: string; total: number; windows: Map<number, readonly Product[]> } | null>(null);
  const datas = results.map(({ data }) => data);
  const now = useMemo(() => {
    const windows = new Map<number, readonly Product[]>();
    let total: number | null = null;
    for (const [at, data] of datas.entries()) {
      const page = pages[at];
      if (data === undefined || page === undefined) continue;
      windows.set(page, data.items);
      total = data.total;
    }
    return { windows, total };
  }, [key, pages.join(), ...datas]);

  if (now.total !== null) {
    // Windows that were in sight a moment ago stay until the next ones are here.
    const before = kept.current?.key === key ? kept.current.windows : new Map<number, readonly Product[]>();
    const near = [...before].filter(([page]) => Math.abs(page - (pages[0] ?? 0)) <= 3);
    kept.current = { key, total: now.total, windows: new Map([...near, ...now.windows]) };
  }
  const shown = kept.current;
  const failed = results.find(({ error }) => error !== null);
  return {
    total: shown?.total ?? null,
    at: (index) => shown?.windows.get(Math.floor(index / WINDOW) + 1)?.[index % WINDOW],
    stale: shown !== null && shown.key !== key,
    error: failed?.error ?? null,
    refetch: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}

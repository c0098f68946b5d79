import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import { api } from "../lib/queries.ts";

/** Who types sees rows first: the facets are counted once the typing rests. */
const AFTER_MS = 200;
/** While products wait for the index, their states change without anybody doing anything. */
const INDEXING_POLL_MS = 3_000;

/** The facets' counts for the filter; undefined until the first are here. */
export function useFacets(query: ProductQuery): ProductPage["facets"] | undefined {
  const [text] = useDebouncedValue(query.text, AFTER_MS);
  const { text: _typed, ...filters } = query;
  const facets = useQuery(
    api.catalog.list.queryOptions({
      input: {
        ...filters,
        ...(text === undefined ? {} : { text }),
        sort: "sku",
        order: "asc",
        page: 1,
        pageSize: 1,
        facets: true,
      },
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) =>
        state.data?.facets.indexState.some(({ value, count }) => value === "pending" && count > 0)
          ? INDEXING_POLL_MS
          : false,
    }),
  );
  return facets.data?.facets;
}

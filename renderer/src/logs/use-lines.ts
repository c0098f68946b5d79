import { useInfiniteQuery } from "@tanstack/react-query";
import type { JournalFilter } from "../../../shared/contract/journal.ts";
import { api } from "../lib/queries.ts";

const LIMIT = 200;

type Cursor = { before: number } | { after: number } | { until: string } | undefined;

const earlier = (a: string, b: string | undefined) => (b === undefined || a < b ? a : b);

/**
 * Lines that fit, page by page in both directions.
 * @param jump moment to begin at; null for the newest
 */
export function useLines(filter: JournalFilter, jump: string | null) {
  const first: Cursor = jump === null ? undefined : { until: jump };
  return useInfiniteQuery(
    api.journal.list.infiniteOptions({
      input: (cursor: Cursor) => {
        if (cursor === undefined) return { ...filter, limit: LIMIT };
        const at = "until" in cursor ? { until: earlier(cursor.until, filter.until) } : cursor;
        return { ...filter, ...at, limit: LIMIT };
      },
      initialPageParam: first,
      getNextPageParam: ({ entries }, _pages, cursor): Cursor => {
        const last = entries.at(-1);
        // A page of newer lines that came back short has an older one below it all the same.
        const short = entries.length < LIMIT && !(cursor !== undefined && "after" in cursor);
        return short || last === undefined ? undefined : { before: last.id };
      },
      getPreviousPageParam: ({ entries }, pages, cursor): Cursor => {
        if (jump === null) return undefined;
        const newest = entries[0] ?? pages.flatMap((page) => page.entries)[0];
        const ended = cursor !== undefined && "after" in cursor && entries.length < LIMIT;
        return ended || newest === undefined ? undefined : { after: newest.id };
      },
    }),
  );
}

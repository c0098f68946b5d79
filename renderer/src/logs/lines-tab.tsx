import { Button, Switch } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconNotebook, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { EntryList } from "./entry-list.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { filtersOf, followedBy, sinceOf } from "./filters.ts";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";
import { merged } from "./tail.ts";
import { useFollow } from "./use-follow.ts";

const LIMIT = 100;

interface Props {
  params: URLSearchParams;
  onChange: (changes: ParamChanges, replace?: boolean) => void;
  onOpenRun: (runId: string) => void;
}

export function LinesTab({ params, onChange, onOpenRun }: Props) {
  const filters = filtersOf(params);
  const following = params.get("follow") === "1";
  const [paused, setPaused] = useState(false);
  const live = useFollow(filters, following, paused);
  const input = { ...followedBy(filters), ...sinceOf(filters.span, Date.now()), limit: LIMIT };
  const list = useInfiniteQuery(
    api.journal.list.infiniteOptions({
      input: (before: number | undefined) => ({ ...input, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: (page) => (page.entries.length < LIMIT ? undefined : page.entries.at(-1)?.id),
    }),
  );
  const setFollowing = (on: boolean) => {
    setPaused(false);
    onChange({ follow: on ? "1" : undefined }, true);
    // What was written between the list and the tail.
    if (on) void list.refetch();
  };
  useHotkeys([["F", () => setFollowing(!following)]]);

  const entries = merged(live.lines, list.data?.pages.flatMap((page) => page.entries) ?? []);
  const components = list.data?.pages[0]?.components ?? [];
  return (
    <>
      <div className={classes.tools}>
        <FilterBar filters={filters} components={components} onChange={(changes) => onChange(changes, true)} />
        <div className={classes.right}>
          {following && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
              onClick={() => setPaused(!paused)}
            >
              {paused ? `Go on${live.waiting > 0 ? ` (${live.waiting} new)` : ""}` : "Pause"}
            </Button>
          )}
          <Switch
            label={following && !live.connected ? "Follow (connecting)" : "Follow"}
            checked={following}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
        </div>
      </div>
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <ListSkeleton />}
      {list.isSuccess && (
        <div className={classes.list}>
          {entries.length === 0 ? (
            <EmptyState icon={IconNotebook} title="No lines">
              Nothing in the journal fits these filters.
            </EmptyState>
          ) : (
            <EntryList entries={entries} onOpenRun={onOpenRun} />
          )}
          {list.hasNextPage && (
            <div className={classes.more}>
              <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Older lines
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  );
}

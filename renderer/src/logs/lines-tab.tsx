import { Alert, Button, Switch, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconNotebook, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { EntryList, MoreButton } from "./entry-list.tsx";
import { ExportButton } from "./export-button.tsx";
import { forgetExportProblem, useExport } from "./export-store.ts";
import { linesOf } from "./facet-select.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { askedBy, filtersOf, jumpOf } from "./filters.ts";
import { Histogram } from "./histogram.tsx";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";
import { merged } from "./tail.ts";
import { useFollow } from "./use-follow.ts";
import { useLines } from "./use-lines.ts";

interface Props {
  params: URLSearchParams;
  onChange: (changes: ParamChanges, replace?: boolean) => void;
  onOpenRun: (runId: string) => void;
}

/** Counts are looked at again this often while lines are followed. */
const COUNT_EVERY_MS = 3_000;

export function LinesTab({ params, onChange, onOpenRun }: Props) {
  const filters = filtersOf(params);
  const jump = jumpOf(params);
  const following = params.get("follow") === "1" && jump === null;
  const [paused, setPaused] = useState(false);
  const live = useFollow(filters, following, paused);
  const filter = askedBy(filters, Date.now());
  const list = useLines(filter, jump);
  const counts = useQuery(
    api.journal.overview.queryOptions({
      input: { ...filter, points: 60 },
      placeholderData: keepPreviousData,
      // While the index is made its counts grow.
      refetchInterval: ({ state }) =>
        (following && !paused) || (state.data?.indexed ?? 1) < 1 ? COUNT_EVERY_MS : false,
    }),
  );
  const exportProblem = useExport((state) => state.problem);
  const setFollowing = (on: boolean) => {
    setPaused(false);
    onChange({ follow: on ? "1" : undefined, at: undefined }, true);
    // What was written between the list and the tail.
    if (on) void list.refetch();
  };
  useHotkeys([["F", () => setFollowing(!following)]]);

  const listed = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const entries = merged(live.lines, listed);
  const oldestLive = live.lines.at(-1);
  const overview = counts.data;
  const loadMissed = () => void list.refetch().then(() => live.clear());
  return (
    <>
      <div className={classes.tools}>
        <FilterBar
          filters={filters}
          jump={jump}
          components={list.data?.pages[0]?.components ?? []}
          overview={overview}
          onChange={(changes) => onChange(changes, true)}
        />
        <div className={classes.right}>
          {following && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
              onClick={() => setPaused(!paused)}
            >
              {!paused && t("Pause")}
              {paused && (live.waiting > 0 ? t("Go on ({count} new)", { count: live.waiting }) : t("Go on"))}
            </Button>
          )}
          <Switch
            label={following && !live.connected ? t("Follow (connecting)") : t("Follow")}
            checked={following}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
          <ExportButton filter={filter} />
        </div>
      </div>
      {exportProblem !== null && (
        <ProblemNote problem={exportProblem}>
          <Button size="compact-sm" variant="default" onClick={forgetExportProblem}>
            {t("Close")}
          </Button>
        </ProblemNote>
      )}
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      {overview !== undefined && overview.histogram.bars.length > 0 && (
        <Histogram
          histogram={overview.histogram}
          onChoose={(from, to) => onChange({ span: undefined, from, to, at: undefined, follow: undefined })}
        />
      )}
      <Text size="xs" c="dimmed" role="status" mih={18}>
        {overview !== undefined &&
          (overview.complete ? linesOf(overview.total) : t("at least {lines}", { lines: linesOf(overview.total) }))}
        {overview !== undefined &&
          overview.indexed < 1 &&
          ` · ${t("The index is being made ({share}): counts and searches are not whole yet.", { share: formatPercent(overview.indexed) })}`}
      </Text>
      {live.skipped > 0 && (
        <Alert color="yellow" variant="light" py={6} role="status">
          {t("{lines} were skipped here: they came faster than they were read. They are in the journal.", {
            lines: linesOf(live.skipped),
          })}{" "}
          <Button size="compact-xs" variant="default" loading={list.isRefetching} onClick={loadMissed}>
            {t("Load them")}
          </Button>
        </Alert>
      )}
      {list.isPending && <ListSkeleton />}
      {list.isSuccess && entries.length === 0 && (
        <div className={classes.list}>
          <EmptyState icon={IconNotebook} title={t("No lines")}>
            {t("Nothing in the journal fits these filters.")}
          </EmptyState>
        </div>
      )}
      {list.isSuccess && entries.length > 0 && (
        <EntryList
          entries={entries}
          gap={
            live.gone > 0 && oldestLive !== undefined
              ? {
                  behind: oldestLive.id,
                  text: (
                    <>
                      {t("{lines} came faster than this page holds them. They are in the journal.", {
                        lines: linesOf(live.gone),
                      })}{" "}
                      <Button size="compact-xs" variant="default" onClick={loadMissed}>
                        {t("Show them")}
                      </Button>
                    </>
                  ),
                }
              : null
          }
          head={
            list.hasPreviousPage && (
              <MoreButton loading={list.isFetchingPreviousPage} onMore={() => void list.fetchPreviousPage()}>
                {t("Newer lines")}
              </MoreButton>
            )
          }
          foot={
            list.hasNextPage && (
              <MoreButton loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()}>
                {t("Older lines")}
              </MoreButton>
            )
          }
          onEnd={() => {
            if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
          }}
          onOpenRun={onOpenRun}
        />
      )}
    </>
  );
}

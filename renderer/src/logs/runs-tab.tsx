import { Button, Select, Table, UnstyledButton } from "@mantine/core";
import { IconPhotoSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Run } from "../../../shared/contract/journal.ts";
import { verdictSchema } from "../../../shared/contract/match.ts";
import type { ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatMs, formatPercent, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { verdictLabel } from "../lib/verdict.ts";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";
import { FEEDBACK_WORDS, KIND_WORDS } from "./run-words.ts";
import rows from "./runs-tab.module.css";
import { VerdictBadge } from "./verdict-badge.tsx";

const LIMIT = 50;

interface Props {
  params: URLSearchParams;
  onChange: (changes: ParamChanges, replace?: boolean) => void;
  onOpenRun: (runId: string) => void;
}

export function RunsTab({ params, onChange, onOpenRun }: Props) {
  const parsed = verdictSchema.safeParse(params.get("verdict"));
  const verdict = parsed.success ? parsed.data : null;
  const list = useInfiniteQuery(
    api.journal.runs.infiniteOptions({
      input: (before: string | undefined) => ({
        limit: LIMIT,
        ...(verdict === null ? {} : { verdict }),
        ...(before === undefined ? {} : { before }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => (page.length < LIMIT ? undefined : page.at(-1)?.time),
    }),
  );
  const runs = list.data?.pages.flat() ?? [];
  return (
    <>
      <div className={classes.tools}>
        <Select
          w={200}
          aria-label={t("Verdict")}
          placeholder={t("Every verdict")}
          clearable
          data={verdictSchema.options.map((value) => ({ value, label: verdictLabel(value) }))}
          value={verdict}
          onChange={(value) => onChange({ verdict: value ?? undefined }, true)}
        />
      </div>
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <ListSkeleton />}
      {list.isSuccess && (
        <div className={classes.list}>
          {runs.length === 0 ? (
            <EmptyState icon={IconPhotoSearch} title={t("No runs")}>
              {t("Every match is listed here, with its timings, its candidates and what was said of it.")}
            </EmptyState>
          ) : (
            <Table
              stickyHeader
              highlightOnHover
              verticalSpacing={7}
              className={rows.table ?? ""}
              aria-label={t("Runs")}
            >
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("Time")}</Table.Th>
                  <Table.Th>{t("Asked")}</Table.Th>
                  <Table.Th>{t("Answer")}</Table.Th>
                  <Table.Th>{t("Best candidate")}</Table.Th>
                  <Table.Th>{t("Took")}</Table.Th>
                  <Table.Th>{t("Judged")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {runs.map((run) => (
                  <RunRow key={run.runId} run={run} onOpen={() => onOpenRun(run.runId)} />
                ))}
              </Table.Tbody>
            </Table>
          )}
          {list.hasNextPage && (
            <div className={classes.more}>
              <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("Older runs")}
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  );
}

function RunRow({ run, onOpen }: { run: Run; onOpen: () => void }) {
  const best = run.result?.matches[0];
  const total = run.result?.timings.total;
  return (
    <Table.Tr className={rows.row ?? ""} onClick={onOpen}>
      <Table.Td className={rows.time ?? ""}>
        <UnstyledButton
          className={rows.open ?? ""}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {formatTime(run.time)}
        </UnstyledButton>
      </Table.Td>
      <Table.Td>{run.source ?? (run.text === null ? t(KIND_WORDS[run.kind]) : `“${run.text}”`)}</Table.Td>
      <Table.Td>
        <VerdictBadge run={run} />
      </Table.Td>
      <Table.Td>{best === undefined ? "–" : `${best.name} (${formatPercent(best.confidence)})`}</Table.Td>
      <Table.Td className={rows.time ?? ""}>{total === undefined ? "–" : formatMs(total)}</Table.Td>
      <Table.Td>{run.feedback === null ? "" : t(FEEDBACK_WORDS[run.feedback.answer])}</Table.Td>
    </Table.Tr>
  );
}

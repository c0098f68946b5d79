import { SegmentedControl, Select } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount, formatMs } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { stageName } from "../lib/timings.ts";
import { verdictLabel } from "../lib/verdict.ts";
import chart from "./chart.module.css";
import { Chart } from "./chart.tsx";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";

const HOUR = 3_600_000;
const RANGES = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
const RANGE_WORDS: Record<keyof typeof RANGES, Message> = {
  "1h": msg("Hour"),
  "24h": msg("Day"),
  "7d": msg("Week"),
  "30d": msg("Month"),
};

interface Props {
  params: URLSearchParams;
  onChange: (changes: ParamChanges, replace?: boolean) => void;
}

/** Latencies, verdicts, throughput and errors over time. */
export function FiguresTab({ params, onChange }: Props) {
  const asked = params.get("range");
  const range = asked !== null && Object.hasOwn(RANGES, asked) ? (asked as keyof typeof RANGES) : "24h";
  // To the next minute, so that the question stays the same for a while.
  const until = Math.ceil(Date.now() / 60_000) * 60_000;
  const figures = useQuery(
    api.journal.figures.queryOptions({
      input: {
        since: new Date(until - RANGES[range] * HOUR).toISOString(),
        until: new Date(until).toISOString(),
        points: 60,
      },
      placeholderData: keepPreviousData,
      refetchInterval: 60_000,
    }),
  );
  const { data } = figures;
  const names = data?.stages.map(({ name }) => name) ?? [];
  const stage = params.get("stage") ?? "total";
  const chosen = data?.stages.find(({ name }) => name === stage) ?? data?.stages[0];
  const empty =
    data !== undefined && data.stages.length === 0 && data.problems.every((one) => one.warn + one.error === 0);
  const verdicts = data?.verdicts ?? [];
  return (
    <>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t("Time")}
          data={(Object.keys(RANGES) as (keyof typeof RANGES)[]).map((value) => ({
            value,
            label: t(RANGE_WORDS[value]),
          }))}
          value={range}
          onChange={(value) => onChange({ range: value === "24h" ? undefined : value }, true)}
        />
        {chosen !== undefined && (
          <Select
            w={220}
            aria-label={t("Stage")}
            allowDeselect={false}
            data={names.map((value) => ({ value, label: stageName(value) }))}
            value={chosen.name}
            onChange={(value) => onChange({ stage: value ?? undefined }, true)}
          />
        )}
      </div>
      {figures.isError && <ProblemNote problem={toProblem(figures.error)} onRetry={() => void figures.refetch()} />}
      {figures.isPending && <ListSkeleton />}
      {empty && (
        <div className={classes.list}>
          <EmptyState icon={IconChartLine} title={t("Nothing to draw yet")}>
            {t("Nobody has matched anything in this time, and nothing went wrong.")}
          </EmptyState>
        </div>
      )}
      {data !== undefined && !empty && (
        <div className={chart.grid}>
          {chosen !== undefined && (
            <Chart
              title={t("How long it takes: {stage}", { stage: stageName(chosen.name) })}
              kind="lines"
              times={data.times}
              format={formatMs}
              series={[
                { name: t("half (p50)"), tone: "first", values: chosen.series.map((one) => one?.p50 ?? null) },
                { name: t("95 of 100 (p95)"), tone: "second", values: chosen.series.map((one) => one?.p95 ?? null) },
                { name: t("99 of 100 (p99)"), tone: "third", values: chosen.series.map((one) => one?.p99 ?? null) },
              ]}
            />
          )}
          <Chart
            title={t("Answers")}
            kind="bars"
            times={data.times}
            format={formatCount}
            series={[
              { name: verdictLabel("match"), tone: "first", values: verdicts.map((one) => one.match) },
              { name: verdictLabel("similar"), tone: "second", values: verdicts.map((one) => one.similar) },
              { name: verdictLabel("none"), tone: "third", values: verdicts.map((one) => one.none) },
              { name: t("Failed"), tone: "fourth", values: verdicts.map((one) => one.failed) },
            ]}
          />
          <Chart
            title={t("Runs an hour")}
            kind="lines"
            times={data.times}
            format={(value) => formatCount(Math.round(value * 10) / 10)}
            series={[
              {
                ...{ name: t("Runs an hour"), tone: "first" as const },
                values: verdicts.map((one) => ((one.match + one.similar + one.none + one.failed) * HOUR) / data.stepMs),
              },
            ]}
          />
          <Chart
            title={t("Warnings and errors")}
            kind="bars"
            times={data.times}
            format={formatCount}
            series={[
              { name: t("Errors"), tone: "fourth", values: data.problems.map((one) => one.error) },
              { name: t("Warnings"), tone: "second", values: data.problems.map((one) => one.warn) },
            ]}
          />
        </div>
      )}
    </>
  );
}

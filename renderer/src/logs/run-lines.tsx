import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatClock } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import entries from "./entry-list.module.css";
import classes from "./run-detail.module.css";

const MOST = 100;

/** What a run has logged, in the order in which it happened: retries and services are named where the engine said so. */
export function RunLines({ runId }: { runId: string }) {
  const lines = useQuery(api.journal.list.queryOptions({ input: { runId, limit: MOST } }));
  if (lines.isPending) return <Skeleton height={40} />;
  if (lines.isError) return <ProblemNote problem={toProblem(lines.error)} onRetry={() => void lines.refetch()} />;
  if (lines.data.entries.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("No lines of it are kept.")}
      </Text>
    );
  }
  return (
    <ol className={classes.lines} aria-label={t("What it logged")}>
      {[...lines.data.entries].reverse().map((entry) => (
        <li key={entry.id} className={entries.ofRun} data-level={entry.level}>
          <time className={entries.time} dateTime={entry.time}>
            {formatClock(entry.time)}
          </time>{" "}
          <span className={entries.level}>{entry.level}</span> {entry.message}
        </li>
      ))}
    </ol>
  );
}

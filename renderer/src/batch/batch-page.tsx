import "../lib/zod-without-eval.ts";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { BatchList } from "./batch-list.tsx";
import classes from "./batch-page.module.css";
import { isMoving } from "./labels.ts";
import { StartPanel } from "./start-panel.tsx";

const POLL_MS = 2_000;

/** Where batches are begun, and those that there are. */
export function BatchPage() {
  const [, navigate] = useLocation();
  const list = useQuery(
    api.batch.list.queryOptions({
      refetchInterval: ({ state: { data } }) => (data?.some(isMoving) ? POLL_MS : false),
    }),
  );
  return (
    <Page title={t("Batch")}>
      <div className={classes.start}>
        <StartPanel onBegun={(id) => navigate(`/batch/${id}`)} />
        {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
        {list.isPending ? (
          <Skeleton height={220} role="status" aria-label={t("Loading the batches")} />
        ) : (
          // "No batches yet" would be a guess where the list could not be had.
          list.data !== undefined && <BatchList batches={list.data} />
        )}
      </div>
    </Page>
  );
}

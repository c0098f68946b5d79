import { t } from "../lib/i18n/i18n.ts";
import "../lib/zod-without-eval.ts";
import { Button, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import classes from "./evaluate-page.module.css";
import { adoptRunning } from "./evaluation-run.ts";
import { isOver, useEvaluation } from "./evaluation-store.ts";
import { RunList } from "./run-list.tsx";
import { RunView } from "./run-view.tsx";
import { StartForm } from "./start-form.tsx";

export function EvaluatePage() {
  const [params, setParams] = useSearchParams();
  const change = (changes: ParamChanges) => setParams((now) => changedParams(now, changes));
  const list = useQuery(api.evaluate.list.queryOptions());
  const { running } = useEvaluation();
  useEffect(() => {
    void adoptRunning();
  }, []);
  const runs = list.data ?? [];
  const busy = running !== null && !isOver(running);
  const chosen = params.get("run") ?? (params.has("new") ? null : (runs[0]?.id ?? null));
  const open = (id: string) => change({ run: id, new: undefined, compare: undefined, tab: undefined });

  return (
    <Page
      title={t("Evaluate")}
      actions={
        chosen !== null && (
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => change({ run: undefined, new: "1" })}
            disabled={busy}
          >
            {t("New evaluation")}
          </Button>
        )
      }
    >
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      <div className={classes.columns} data-alone={runs.length === 0 || undefined}>
        {runs.length > 0 && <RunList runs={runs} chosen={chosen} onOpen={open} />}
        <div className={classes.main}>
          {list.isPending ? (
            <Skeleton height={280} role="status" aria-label={t("Loading the evaluations")} />
          ) : chosen === null ? (
            <StartForm first={runs.length === 0} onStarted={open} />
          ) : (
            <RunView
              key={chosen}
              id={chosen}
              others={runs.filter(({ id, state }) => id !== chosen && state === "done")}
              params={params}
              onChange={change}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

import { Button, Menu, Skeleton, Tabs } from "@mantine/core";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import type { EvaluationReport } from "../../../shared/contract/evaluation-report.ts";
import type { ParamChanges } from "../lib/address.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatCount, formatDuration, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, queryClient } from "../lib/queries.ts";
import { Breakdown } from "./breakdown.tsx";
import { Comparison } from "./comparison.tsx";
import classes from "./evaluate-page.module.css";
import { download } from "./evaluation-run.ts";
import { isOver, useEvaluation } from "./evaluation-store.ts";
import { Overview } from "./overview.tsx";
import { settingText } from "./report-words.ts";
import { RunProgress } from "./run-progress.tsx";
import { runTitle } from "./words.ts";
import { WorstQueries } from "./worst-queries.tsx";

interface Props {
  id: string;
  /** What it can be compared with. */
  others: readonly EvaluationSummary[];
  params: URLSearchParams;
  onChange: (changes: ParamChanges) => void;
}

export function RunView({ id, others, params, onChange }: Props) {
  const { running } = useEvaluation();
  const live = running?.id === id ? running : null;
  const remove = useMutation({
    ...api.evaluate.remove.mutationOptions(),
    onSuccess: async () => {
      // Off the list before anything else: the page would open what is gone once more.
      const { queryKey } = api.evaluate.list.queryOptions();
      queryClient.setQueryData(queryKey, (runs) => runs?.filter((run) => run.id !== id));
      onChange({ run: undefined, tab: undefined, compare: undefined });
      if (live !== null) useEvaluation.setState({ running: null });
      await queryClient.invalidateQueries({ queryKey: api.evaluate.list.key() });
    },
  });
  const evaluation = useQuery({
    ...api.evaluate.get.queryOptions({ input: { id } }),
    enabled: (live === null || live.state === "done") && !remove.isSuccess,
  });
  const save = useMutation({ mutationFn: (format: "csv" | "html") => download(id, format) });
  const forget = () => remove.mutate({ id });
  if (live !== null && live.state !== "done") return <RunProgress run={live} onForget={forget} />;
  if (evaluation.isError) {
    return <ProblemNote problem={toProblem(evaluation.error)} onRetry={() => void evaluation.refetch()} />;
  }
  if (evaluation.data === undefined)
    return <Skeleton height={420} role="status" aria-label={t("Loading the report")} />;
  const { report, ...summary } = evaluation.data;
  if (report === null) return <RunProgress run={summary} onForget={forget} />;
  const failed = save.error ?? remove.error;
  return (
    <article className={classes.report} aria-label={runTitle(summary)}>
      <header className={classes.reportHead}>
        <div>
          <h2 className={classes.reportTitle}>{runTitle(summary)}</h2>
          <Facts summary={summary} report={report} />
        </div>
        <div className={classes.reportActions}>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" leftSection={<IconDownload size={16} />} loading={save.isPending}>
                {t("Save")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => save.mutate("html")}>{t("Report with plots and pictures (HTML)")}</Menu.Item>
              <Menu.Item onClick={() => save.mutate("csv")}>{t("Every query (CSV)")}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          {isOver(summary) && (
            <Confirm
              label={t("Delete")}
              icon={IconTrash}
              title={t("Delete this evaluation?")}
              confirm={t("Delete")}
              keep={t("Keep it")}
              onConfirm={() => remove.mutate({ id })}
            >
              {t("Its report and the pictures of its mistakes are deleted for good.")}
            </Confirm>
          )}
        </div>
      </header>
      {failed !== null && <ProblemNote problem={toProblem(failed)} />}
      {summary.notes.length > 0 && (
        <ul className={classes.notes} aria-label={t("What was left out")}>
          {summary.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Tabs
        value={params.get("tab") ?? "overview"}
        onChange={(tab) => onChange({ tab: tab === "overview" ? undefined : (tab ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="overview">{t("Overview")}</Tabs.Tab>
          <Tabs.Tab value="breakdown">{t("By kind")}</Tabs.Tab>
          <Tabs.Tab value="worst">
            {t("Mistakes")} ({report.worst.length})
          </Tabs.Tab>
          <Tabs.Tab value="compare">{t("Compare")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Overview report={report} />
        </Tabs.Panel>
        <Tabs.Panel value="breakdown" pt="md">
          <Breakdown report={report} />
        </Tabs.Panel>
        <Tabs.Panel value="worst" pt="md">
          <WorstQueries id={id} worst={report.worst} />
        </Tabs.Panel>
        <Tabs.Panel value="compare" pt="md">
          <Comparison
            id={id}
            report={report}
            others={others}
            other={params.get("compare")}
            onChoose={(other) => onChange({ compare: other ?? undefined })}
          />
        </Tabs.Panel>
      </Tabs>
    </article>
  );
}

function Facts({ summary, report }: { summary: EvaluationSummary; report: EvaluationReport }) {
  const settings =
    report.settings.length > 1
      ? ` · ${t("{setting} beside", { setting: settingText(summary.options.against ?? {}) })}`
      : "";
  return (
    <p className={classes.quiet}>
      {formatTime(summary.time)} ·{" "}
      {t("{queries} queries against {products} products", {
        queries: formatCount(report.queries),
        products: formatCount(report.products),
      })}{" "}
      · {formatDuration(report.seconds)}
      {settings}
      {!report.calibrated && t(" · the confidence was measured with another encoder and is a rough guide")}
    </p>
  );
}

import { UnstyledButton } from "@mantine/core";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./evaluate-page.module.css";
import { percentDone, useEvaluation } from "./evaluation-store.ts";
import { percent, runTitle } from "./words.ts";

interface Props {
  runs: readonly EvaluationSummary[];
  chosen: string | null;
  onOpen: (id: string) => void;
}

/** Evaluations that were kept, and the one that runs, newest first. */
export function RunList({ runs, chosen, onOpen }: Props) {
  return (
    <nav className={classes.list} aria-label={t("Evaluations")}>
      <ul>
        {runs.map((run) => (
          <li key={run.id}>
            <UnstyledButton
              className={classes.run ?? ""}
              aria-current={run.id === chosen ? "true" : undefined}
              onClick={() => onOpen(run.id)}
            >
              <span className={classes.runName}>{runTitle(run)}</span>
              <span className={classes.quiet}>{formatTime(run.time)}</span>
              <Outcome run={run} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Outcome({ run }: { run: EvaluationSummary }) {
  const { running } = useEvaluation();
  const now = running?.id === run.id ? running : run;
  if (now.headline !== null && now.state === "done") {
    return (
      <span className={classes.quiet}>
        <strong className={classes.value}>{percent(now.headline.recallAt1.value)}</strong> {t("found first")} ·{" "}
        {t("{count, plural, one {# query} other {# queries}}", { count: now.done })}
      </span>
    );
  }
  if (now.state === "failed") return <span className={classes.failed}>{t("Failed")}</span>;
  if (now.state === "cancelled") return <span className={classes.quiet}>{t("Cancelled")}</span>;
  const done = percentDone(now);
  return (
    <span className={classes.quiet}>
      {done === null ? t("Preparing…") : t("Running, {percent} %", { percent: done })}
    </span>
  );
}

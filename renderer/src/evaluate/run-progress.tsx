import { Button, Progress, Text } from "@mantine/core";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { nextStepOf } from "../lib/problem.ts";
import classes from "./evaluate-page.module.css";
import { cancelEvaluation } from "./evaluation-run.ts";
import { percentDone } from "./evaluation-store.ts";

/** An evaluation that has no report: it runs, or came to nothing. */
export function RunProgress({ run, onForget }: { run: EvaluationSummary; onForget: () => void }) {
  const { state, done, total, secondsLeft, error, notes } = run;
  const percent = percentDone(run);
  if (state === "cancelled") {
    return (
      <section className={classes.card}>
        <h2 className={classes.cardTitle}>{t("Cancelled")}</h2>
        <Text size="sm">{t("Nothing of it is kept. Start it again by “New evaluation”.")}</Text>
        <Forget onClick={onForget} />
      </section>
    );
  }
  if (state === "failed") {
    return (
      <section className={classes.card} role="alert">
        <h2 className={classes.cardTitle}>{t("The evaluation stopped")}</h2>
        <Text size="sm">{error?.message}</Text>
        <Text size="sm" c="dimmed" mt={4}>
          {error === null ? "" : nextStepOf(error.code)} <code>{error?.code}</code>
        </Text>
        <Forget onClick={onForget} />
      </section>
    );
  }
  const line =
    percent === null
      ? t("Preparing the queries and what they are compared with…")
      : `${formatCount(done)} of ${formatCount(total ?? 0)} queries${secondsLeft === null ? "" : ` · about ${formatDuration(secondsLeft)} left`}`;
  return (
    <section className={classes.card} aria-label={t("Progress of the evaluation")}>
      <h2 className={classes.cardTitle}>{t("Evaluating…")}</h2>
      <Progress
        value={percent ?? 100}
        animated={percent === null}
        striped={percent === null}
        size={10}
        aria-label={t("Progress")}
      />
      <div className={classes.progressFoot}>
        <Text size="sm" className="tabular" role="status" data-testid="evaluation-line">
          {percent !== null && percent === 100 ? t("Working out the figures…") : line}
        </Text>
        <Button variant="default" size="compact-sm" onClick={() => void cancelEvaluation()}>
          {t("Cancel")}
        </Button>
      </div>
      <Text size="sm" c="dimmed" mt="xs">
        {t(
          "You can go on working: photos that are matched meanwhile go first. Leaving or reloading this page changes nothing.",
        )}
      </Text>
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Forget({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="default" size="compact-sm" mt="sm" onClick={onClick}>
      {t("Take it off the list")}
    </Button>
  );
}

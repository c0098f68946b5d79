import { Button, Progress, Text } from "@mantine/core";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import { withoutSeeStack } from "../../../shared/errors.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { errorText, nextStepOf } from "../lib/problem.ts";
import classes from "./evaluate-page.module.css";
import { cancelEvaluation } from "./evaluation-run.ts";
import { percentDone } from "./evaluation-store.ts";

function lineOf(run: EvaluationSummary): string {
  const { state, done, total, secondsLeft, embedding } = run;
  if (embedding !== null) {
    return t("The catalogue is embedded by {encoder}: {done} of {total} products", {
      encoder: embedding.encoder,
      done: formatCount(embedding.done),
      total: formatCount(embedding.total),
    });
  }
  if (state === "preparing" || total === null) return t("Preparing the queries and what they are compared with…");
  if (done === total) return t("Working out the figures…");
  const asked = t("{done} of {total} queries", { done: formatCount(done), total: formatCount(total) });
  return secondsLeft === null ? asked : `${asked} · ${t("about {time} left", { time: formatDuration(secondsLeft) })}`;
}

/** An evaluation that has no report: it runs, or came to nothing. */
export function RunProgress({ run, onForget }: { run: EvaluationSummary; onForget: () => void }) {
  const { state, error, notes } = run;
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
        {error !== null && <Text size="sm">{errorText({ ...error, message: withoutSeeStack(error.message) })}</Text>}
        <Text size="sm" c="dimmed" mt={4}>
          {error === null ? "" : nextStepOf(error.code)} <code>{error?.code}</code>
        </Text>
        <Forget onClick={onForget} />
      </section>
    );
  }
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
          {lineOf(run)}
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

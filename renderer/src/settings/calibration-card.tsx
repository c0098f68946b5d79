import { Button, Group, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CalibrationState } from "../../../shared/contract/calibration.ts";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { DUE_WORDS, outcomeWords } from "./calibration-words.ts";
import card from "./card.module.css";
import { engineText } from "./engine-words.ts";
import classes from "./settings-page.module.css";

const RUNNING_POLL_MS = 1_000;

/** What confidence rests on, and fitting it anew on the user's own catalogue. */
export function CalibrationCard() {
  const queries = useQueryClient();
  const state = useQuery(
    api.calibration.state.queryOptions({
      refetchInterval: ({ state: { data } }) => (data?.work.state === "running" ? RUNNING_POLL_MS : false),
    }),
  );
  const onSuccess = (now: CalibrationState) => queries.setQueryData(api.calibration.state.queryKey(), now);
  const refit = useMutation(api.calibration.refit.mutationOptions({ onSuccess }));
  const cancel = useMutation(api.calibration.cancel.mutationOptions({ onSuccess }));
  const reset = useMutation(api.calibration.reset.mutationOptions({ onSuccess }));
  const error = refit.error ?? cancel.error ?? reset.error;
  if (state.data === undefined) return null;
  const { inForce, last, due, labelled, work } = state.data;
  const running = work.state === "running";
  return (
    <section className={card.card} aria-labelledby="calibration">
      <h2 id="calibration" className={classes.cardTitle}>
        {t("Calibration")}
      </h2>
      <p className={classes.help}>
        {inForce.own ? t("Confidence is fitted on this catalogue") : t("Confidence is as it ships with the app")}:{" "}
        {engineText(inForce.measuredOn)}.
        {!inForce.fits && t(" It was measured with another encoder and is a rough guide only.")}
      </p>
      {last !== null && (
        <p className={classes.help}>
          {t("Last fitted {time}.", { time: formatTime(last.time) })} {outcomeWords(last)}
        </p>
      )}
      {due !== null && !running && <p className={classes.help}>{t(DUE_WORDS[due])}</p>}
      {running && (
        <Progress
          value={work.total === 0 ? 0 : (100 * work.done) / work.total}
          aria-label={t("Queries that were asked")}
        />
      )}
      {work.state === "failed" && (
        <p className={classes.help}>
          {t("It could not be fitted:")} {work.error}
        </p>
      )}
      {error !== null && <ProblemNote problem={toProblem(error)} />}
      <Group gap={6} mt={6}>
        {running ? (
          <Button size="compact-sm" variant="default" onClick={() => cancel.mutate()}>
            {t("Stop")}
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant={due === null ? "default" : "filled"}
            loading={refit.isPending}
            title={t(
              "Takes some minutes. {count, plural, one {# judged photo takes} other {# judged photos take}} part.",
              {
                count: labelled,
              },
            )}
            onClick={() => refit.mutate({})}
          >
            {t("Fit anew")}
          </Button>
        )}
        {inForce.own && !running && (
          <Button size="compact-sm" variant="default" onClick={() => reset.mutate()}>
            {t("Back to the shipped one")}
          </Button>
        )}
      </Group>
    </section>
  );
}

import { Badge, Text } from "@mantine/core";
import type { BatchSummary } from "../../../shared/contract/batch.ts";
import { formatCount, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Verdicts } from "./batch-list.tsx";
import { useBatches } from "./batch-store.ts";
import { decidedCount, progressLine, STATE_COLOR, STATE_LABEL } from "./labels.ts";
import classes from "./review.module.css";

/** How far the batch is, and what keeps it. */
export function ReviewHead({ batch }: { batch: BatchSummary }) {
  const { id, state, source, picturesUntil, problem, done } = batch;
  const uploading = useBatches(({ uploading: now }) => (now?.id === id ? now : null));
  return (
    <section className={classes.head} aria-label={t("Progress of the batch")}>
      <div className={classes.headLine}>
        <Badge variant="light" color={STATE_COLOR[state]} tt="none" fw={550}>
          {t(STATE_LABEL[state])}
        </Badge>
        <Text size="sm" className="tabular" role="status" data-testid="batch-line">
          {progressLine(batch)}
        </Text>
        <Text size="sm" c="dimmed" className="tabular">
          {t("{decided} of {done} decided", { decided: formatCount(decidedCount(batch)), done: formatCount(done) })}
        </Text>
        {source.folder !== null && (
          <Text size="xs" c="dimmed" truncate className={classes.folder ?? ""} title={source.folder}>
            {source.folder}
          </Text>
        )}
        {picturesUntil !== null && (
          <Text size="xs" c="dimmed" className={classes.folder ?? ""}>
            {t("The uploaded photos are deleted on {time}", { time: formatTime(picturesUntil) })}
          </Text>
        )}
      </div>
      <Verdicts batch={batch} />
      {uploading !== null && (
        <Text size="xs" c="dimmed">
          {t("Sending photo {sent} of {total}. Keep this window open until all are sent.", {
            sent: formatCount(uploading.sent),
            total: formatCount(uploading.total),
          })}
        </Text>
      )}
      {problem !== null && (
        <Text size="sm" c="red" role="alert">
          {problem.message}
        </Text>
      )}
    </section>
  );
}

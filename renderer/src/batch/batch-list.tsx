import { Badge, Progress, Text } from "@mantine/core";
import { IconPhotoSearch } from "@tabler/icons-react";
import { Link } from "wouter";
import type { BatchSummary } from "../../../shared/contract/batch.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./batch-page.module.css";
import { decidedCount, progressLine, STATE_COLOR, STATE_LABEL } from "./labels.ts";

/** Batches, newest first. */
export function BatchList({ batches }: { batches: readonly BatchSummary[] }) {
  if (batches.length === 0) {
    return (
      <EmptyState icon={IconPhotoSearch} title={t("No batches yet")}>
        {t("A stocktake, a box of returns, a day of photos: all of it can be matched in one go.")}
      </EmptyState>
    );
  }
  return (
    <ul className={classes.batches} aria-label={t("Batches")}>
      {batches.map((batch) => (
        <li key={batch.id}>
          <Link href={`/batch/${batch.id}`} className={classes.batch ?? ""}>
            <span className={classes.batchHead}>
              <span className={classes.batchName}>{batch.name}</span>
              <Badge variant="light" color={STATE_COLOR[batch.state]} tt="none" fw={550}>
                {t(STATE_LABEL[batch.state])}
              </Badge>
            </span>
            <Verdicts batch={batch} />
            <span className={classes.batchFoot}>
              <span>{progressLine(batch)}</span>
              <span>
                {t("{decided} of {done} decided", {
                  decided: formatCount(decidedCount(batch)),
                  done: formatCount(batch.done),
                })}
              </span>
              <span>{formatTime(batch.time)}</span>
            </span>
            {batch.problem !== null && (
              <Text size="xs" c="red" component="span">
                {batch.problem.message}
              </Text>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** How the photos came out, as parts of one bar. */
export function Verdicts({ batch }: { batch: BatchSummary }) {
  const { total, verdicts, failed, skipped } = batch;
  const share = (count: number) => (total === 0 ? 0 : (100 * count) / total);
  const parts = [
    { name: t("Match"), count: verdicts.match, color: "pine.7" },
    { name: t("Similar"), count: verdicts.similar, color: "amber.4" },
    { name: t("Not in the catalogue"), count: verdicts.none, color: "slate.4" },
    { name: t("Seen before"), count: skipped, color: "slate.2" },
    { name: t("Failed"), count: failed, color: "red.6" },
  ];
  return (
    <Progress.Root size={8} className={classes.verdicts ?? ""}>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ name, count, color }) => (
          <Progress.Section
            key={name}
            value={share(count)}
            color={color}
            aria-label={`${name}: ${formatCount(count)}`}
          />
        ))}
    </Progress.Root>
  );
}

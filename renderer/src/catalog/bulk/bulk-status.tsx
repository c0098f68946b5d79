import { Button, CloseButton, Group, Popover, Progress, Text } from "@mantine/core";
import { useEffect } from "react";
import type { BulkJob } from "../../../../shared/contract/bulk.ts";
import { isUndoable } from "../../../../shared/undoable.ts";
import { formatCount } from "../../lib/format.ts";
import { type Message, msg, t } from "../../lib/i18n/i18n.ts";
import { ProblemNote } from "../../lib/problem-note.tsx";
import { adoptBulk, cancelBulk, dismissBulk, undoBulk, useBulk } from "./bulk-store.ts";

const RUNNING: Record<BulkJob["kind"], Message> = {
  edit: msg("Changing products"),
  delete: msg("Deleting products"),
  reindex: msg("Indexing products anew"),
  undo: msg("Undoing"),
};
const DONE: Record<BulkJob["kind"], Message> = {
  edit: msg("{count, plural, one {# product is changed} other {# products are changed}}"),
  delete: msg("{count, plural, one {# product is deleted} other {# products are deleted}}"),
  reindex: msg("{count, plural, one {# product is indexed anew} other {# products are indexed anew}}"),
  undo: msg("{count, plural, one {# product is as it was} other {# products are as they were}}"),
};

/** How far the bulk job is; when it is done, what it did, and the way back. */
export function BulkStatus() {
  const { job, problem } = useBulk();
  useEffect(() => void adoptBulk(), []);
  if (problem !== null) {
    return (
      <Group wrap="nowrap" align="flex-start">
        <ProblemNote problem={problem} />
        <CloseButton aria-label={t("Close")} onClick={dismissBulk} />
      </Group>
    );
  }
  if (job === null) return null;
  const running = job.state === "running";
  const percent = job.total === 0 ? 0 : Math.floor((job.done / job.total) * 100);
  return (
    <Group
      gap="sm"
      wrap="nowrap"
      px={12}
      h={44}
      role="status"
      aria-label={t("Bulk change")}
      bg="var(--sm-accent-surface)"
      style={{ borderRadius: 8, flex: "none" }}
    >
      {running ? (
        <>
          <Text size="sm">{t(RUNNING[job.kind])}</Text>
          <Progress flex={1} value={percent} aria-label={t(RUNNING[job.kind])} />
          <Text size="sm" className="tabular">
            {t("{done} of {total}", { done: formatCount(job.done), total: formatCount(job.total) })}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => void cancelBulk(job.id)}>
            {t("Cancel")}
          </Button>
        </>
      ) : (
        <>
          <Text size="sm" flex={1} truncate>
            {t(DONE[job.kind], { count: job.changed })}
            {job.state === "cancelled" && ` (${t("cancelled")})`}
            {job.error !== null && ` – ${job.error}`}
          </Text>
          {job.refused > 0 && <Refusals job={job} />}
          {isUndoable(job) && (
            <Button size="compact-sm" variant="default" onClick={() => void undoBulk(job.id)}>
              {t("Undo")}
            </Button>
          )}
          <CloseButton size="sm" aria-label={t("Close")} onClick={dismissBulk} />
        </>
      )}
    </Group>
  );
}

function Refusals({ job }: { job: BulkJob }) {
  return (
    <Popover position="bottom-end" width={420} withArrow>
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" color="red">
          {t("{count, plural, one {# stays as it is} other {# stay as they are}}", { count: job.refused })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown mah={320} style={{ overflow: "auto" }}>
        {job.refusals.map(({ sku, message }) => (
          <Text key={sku} size="sm" mb={4}>
            {message}
          </Text>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

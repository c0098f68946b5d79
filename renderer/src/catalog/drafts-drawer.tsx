import { Button, Drawer, Pagination, Skeleton, Stack, Text } from "@mantine/core";
import { IconRobotOff, IconWriting } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { DraftReview } from "./draft-review.tsx";
import { DraftingJob } from "./drafting-job.tsx";
import { draftsStatusQuery, isRunning } from "./drafts-queries.ts";

const PAGE_SIZE = 10;
const RUNNING_POLL_MS = 2_000;

interface Props {
  opened: boolean;
  onClose: () => void;
}

/** Descriptions that a model drafted for products without one: nothing enters the catalogue but what is accepted here. */
export function DraftsDrawer({ opened, onClose }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={640}
      title={t("Drafted descriptions")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      <Drafts />
    </Drawer>
  );
}

function Drafts() {
  const status = useQuery(draftsStatusQuery);
  if (status.isPending) return <Skeleton height={120} />;
  if (status.isError) return <ProblemNote problem={toProblem(status.error)} onRetry={() => void status.refetch()} />;
  const { enabled, reason, waiting, job } = status.data;
  return (
    <Stack gap="md">
      {enabled ? (
        <DraftingJob job={job} />
      ) : (
        <EmptyState
          icon={IconRobotOff}
          title={t("No model drafts descriptions")}
          actions={
            <Button component={Link} href="/settings" variant="default">
              {t("Open the settings")}
            </Button>
          }
        >
          {reason}
        </EmptyState>
      )}
      {(enabled || waiting > 0) && <ReviewList drafting={isRunning(job?.state)} />}
    </Stack>
  );
}

function ReviewList({ drafting }: { drafting: boolean }) {
  const [page, setPage] = useState(1);
  const list = useQuery(
    api.drafts.list.queryOptions({
      input: { page, pageSize: PAGE_SIZE },
      placeholderData: keepPreviousData,
      refetchInterval: drafting ? RUNNING_POLL_MS : false,
    }),
  );
  if (list.isPending) return <Skeleton height={160} />;
  if (list.isError) return <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />;
  const { items, total } = list.data;
  const pages = Math.ceil(total / PAGE_SIZE);
  if (page > Math.max(1, pages)) setPage(Math.max(1, pages));
  if (total === 0) {
    if (drafting) return null;
    return (
      <EmptyState icon={IconWriting} title={t("No drafts to review")}>
        {t("Drafts of products that have a picture and no description appear here, for you to accept, edit or reject.")}
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm" component="section" aria-label={t("Drafts to review")}>
      <Text size="sm" c="dimmed" role="status">
        {t("{count, plural, one {# draft to review} other {# drafts to review}}", { count: total })}
      </Text>
      {items.map((draft) => (
        <DraftReview key={`${draft.sku} ${draft.time}`} draft={draft} />
      ))}
      {pages > 1 && <Pagination size="sm" total={pages} value={page} onChange={setPage} />}
    </Stack>
  );
}

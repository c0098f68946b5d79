import { Button, Drawer, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { RunDetail } from "./run-detail.tsx";

interface Props {
  runId: string | null;
  onClose: () => void;
  onShowLines: (runId: string) => void;
}

export function RunDrawer({ runId, onClose, onShowLines }: Props) {
  return (
    <Drawer
      opened={runId !== null}
      onClose={onClose}
      position="right"
      size={620}
      title={t("Run")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      {runId !== null && <OpenRun runId={runId} onShowLines={() => onShowLines(runId)} />}
    </Drawer>
  );
}

function OpenRun({ runId, onShowLines }: { runId: string; onShowLines: () => void }) {
  const run = useQuery(api.journal.run.queryOptions({ input: { runId } }));
  if (run.isPending) {
    return (
      <Stack>
        <Skeleton height={60} />
        <Skeleton height={140} />
        <Skeleton height={160} />
      </Stack>
    );
  }
  const lines = (
    <Button variant="default" size="compact-sm" onClick={onShowLines}>
      {t("Show its lines")}
    </Button>
  );
  if (run.isError) {
    return (
      <ProblemNote problem={toProblem(run.error)} onRetry={() => void run.refetch()}>
        {lines}
      </ProblemNote>
    );
  }
  return <RunDetail run={run.data} actions={lines} />;
}

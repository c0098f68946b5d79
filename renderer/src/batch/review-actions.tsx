import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconArrowLeft,
  IconDownload,
  IconEyeOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import { Link, useLocation } from "wouter";
import type { BatchSummary } from "../../../shared/contract/batch.ts";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { useBatches } from "./batch-store.ts";
import { isMoving } from "./labels.ts";
import { refreshBatches } from "./start-batch.ts";
import { putSummary } from "./use-batch.ts";

async function attempt(work: () => Promise<BatchSummary>): Promise<void> {
  useBatches.setState({ problem: null });
  try {
    putSummary(await work());
    await refreshBatches();
  } catch (error) {
    useBatches.setState({ problem: toProblem(error) });
  }
}

async function save(id: string, format: "csv" | "xlsx"): Promise<void> {
  try {
    const file = await client.batch.export({ id, format });
    const url = URL.createObjectURL(file);
    const link = document.createElement("a");
    link.href = url;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  } catch (error) {
    useBatches.setState({ problem: toProblem(error) });
  }
}

/** What can be done with the batch as a whole. */
export function ReviewActions({ batch }: { batch: BatchSummary }) {
  const { id, name, state, failed, waiting, source } = batch;
  const [, navigate] = useLocation();
  const remove = async () => {
    try {
      await client.batch.remove({ id });
    } catch (error) {
      return useBatches.setState({ problem: toProblem(error) });
    }
    navigate("/batch");
    await refreshBatches();
    const notice = notifications.show({
      autoClose: 15_000,
      closeButtonProps: { "aria-label": t("Close") },
      title: t("{name} was deleted", { name }),
      message: (
        <Button
          size="compact-sm"
          variant="default"
          mt={4}
          onClick={() => {
            notifications.hide(notice);
            void attempt(() => client.batch.restore({ id }));
          }}
        >
          {t("Bring it back")}
        </Button>
      ),
    });
  };
  const resumable =
    state === "paused" || ((state === "cancelled" || state === "failed") && (waiting > 0 || state === "failed"));
  return (
    <>
      <Button component={Link} href="/batch" variant="default" leftSection={<IconArrowLeft size={16} />}>
        {t("All batches")}
      </Button>
      {isMoving(batch) && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => void attempt(() => client.batch.pause({ id }))}
        >
          {t("Pause")}
        </Button>
      )}
      {resumable && (
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          onClick={() => void attempt(() => client.batch.resume({ id }))}
        >
          {t("Go on")}
        </Button>
      )}
      {source.watch && (isMoving(batch) || state === "paused") && (
        <Button
          variant="default"
          leftSection={<IconEyeOff size={16} />}
          onClick={() => void attempt(() => client.batch.stopWatching({ id }))}
        >
          {t("Stop watching")}
        </Button>
      )}
      {(state === "running" || state === "paused") && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          onClick={() => void attempt(() => client.batch.cancel({ id }))}
        >
          {t("Cancel")}
        </Button>
      )}
      {failed > 0 && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          onClick={() => void attempt(() => client.batch.retry({ id }))}
        >
          {t("Retry {failed} failed", { failed })}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} />}>
            {t("Export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void save(id, "csv")}>{t("As CSV")}</Menu.Item>
          <Menu.Item onClick={() => void save(id, "xlsx")}>{t("For Excel")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={t("Delete this batch")}>
        <ActionIcon variant="default" size={36} aria-label={t("Delete this batch")} onClick={() => void remove()}>
          <IconTrash size={16} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

import { Anchor, Badge, Button, Group, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import type { DockerState, StackStatus } from "../../../shared/contract/stack.ts";
import { Confirm } from "../lib/confirm.tsx";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { ComposeOutput } from "./compose-output.tsx";
import { ContainerList } from "./container-list.tsx";
import classes from "./stack-page.module.css";
import { startServices, stopServices } from "./stack-run.ts";
import { isBusy, useStackWork } from "./stack-store.ts";
import { isRunning } from "./words.ts";

const DOCKER: Record<DockerState["state"], { label: Message; color: string }> = {
  ready: { label: msg("Ready"), color: "pine" },
  "no-engine": { label: msg("Not running"), color: "amber" },
  missing: { label: msg("Not installed"), color: "slate" },
};

const INSTALL_PAGE = "https://docs.docker.com/engine/install/";

interface Props {
  status: StackStatus;
  /** Whether this page is open on the machine that the services run on. */
  here: boolean;
}

/** Starts and stops the services, with what Compose says meanwhile. */
export function DockerPanel({ status, here }: Props) {
  const { docker, containers } = status;
  const { compose } = useStackWork();
  return (
    <section className={classes.card} aria-labelledby="stack-docker">
      <div className={classes.cardHead}>
        <h2 id="stack-docker" className={classes.cardTitle}>
          Docker
        </h2>
        <Badge variant="light" color={DOCKER[docker.state].color} tt="none" fw={550}>
          {t(DOCKER[docker.state].label)}
        </Badge>
      </div>
      <p className={classes.text}>
        {docker.detail}
        {docker.gpu && t(", with an NVIDIA GPU")}
      </p>
      {docker.state === "missing" && (
        <Anchor href={INSTALL_PAGE} target="_blank" rel="noreferrer" size="sm">
          {t("How to install Docker")}
        </Anchor>
      )}
      {docker.state === "ready" && (here ? <Controls status={status} /> : <ElsewhereNote />)}
      {compose !== null && <ComposeOutput run={compose} />}
      {containers.length > 0 && <ContainerList containers={containers} />}
    </section>
  );
}

export function ElsewhereNote() {
  return (
    <p className={classes.quiet}>
      {t("To start, stop or move, open this page on the machine that Shelfmatch runs on.")}
    </p>
  );
}

function Controls({ status }: { status: StackStatus }) {
  const { docker, containers, services } = status;
  const busy = useStackWork(isBusy);
  const [chosen, setChosen] = useState<"cpu" | "gpu" | null>(null);
  const accelerator = chosen ?? (docker.gpu ? "gpu" : "cpu");
  const running = containers.some(isRunning);
  return (
    <Group gap="xs" mt="sm">
      {docker.gpu && (
        <SegmentedControl
          size="xs"
          aria-label={t("What Triton runs the models on")}
          value={accelerator}
          onChange={(value) => setChosen(value === "gpu" ? "gpu" : "cpu")}
          data={[
            { value: "gpu", label: t("NVIDIA GPU") },
            { value: "cpu", label: t("Processor") },
          ]}
        />
      )}
      <Button
        variant={running ? "default" : "filled"}
        leftSection={<IconPlayerPlay size={16} />}
        disabled={busy}
        onClick={() => void startServices(accelerator)}
      >
        {running ? t("Start what is missing") : t("Start the services")}
      </Button>
      {containers.length > 0 && (
        <Confirm
          label={t("Stop them")}
          icon={IconPlayerStop}
          disabled={busy}
          title={t("Stop the services?")}
          confirm={t("Stop")}
          keep={t("Leave them on")}
          onConfirm={() => void stopServices()}
        >
          {services.length > 0
            ? t(
                "Shelfmatch uses them now: until they are started again, it can't match or change products. Their data stays.",
              )
            : t("Their data stays, and is there again with the next start.")}
        </Confirm>
      )}
    </Group>
  );
}

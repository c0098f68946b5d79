import { Anchor, Badge, Button, Group, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import type { DockerState, StackStatus } from "../../../shared/contract/stack.ts";
import { Confirm } from "../lib/confirm.tsx";
import { ComposeOutput } from "./compose-output.tsx";
import { ContainerList } from "./container-list.tsx";
import classes from "./stack-page.module.css";
import { startServices, stopServices } from "./stack-run.ts";
import { isBusy, useStackWork } from "./stack-store.ts";
import { isRunning } from "./words.ts";

const DOCKER: Record<DockerState["state"], { label: string; color: string }> = {
  ready: { label: "Ready", color: "pine" },
  "no-engine": { label: "Not running", color: "amber" },
  missing: { label: "Not installed", color: "slate" },
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
          {DOCKER[docker.state].label}
        </Badge>
      </div>
      <p className={classes.text}>
        {docker.detail}
        {docker.gpu && ", with an NVIDIA GPU"}
      </p>
      {docker.state === "missing" && (
        <Anchor href={INSTALL_PAGE} target="_blank" rel="noreferrer" size="sm">
          How to install Docker
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
    <p className={classes.quiet}>To start, stop or move, open this page on the machine that Shelfmatch runs on.</p>
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
          aria-label="What Triton runs the models on"
          value={accelerator}
          onChange={(value) => setChosen(value === "gpu" ? "gpu" : "cpu")}
          data={[
            { value: "gpu", label: "NVIDIA GPU" },
            { value: "cpu", label: "Processor" },
          ]}
        />
      )}
      <Button
        variant={running ? "default" : "filled"}
        leftSection={<IconPlayerPlay size={16} />}
        disabled={busy}
        onClick={() => void startServices(accelerator)}
      >
        {running ? "Start what is missing" : "Start the services"}
      </Button>
      {containers.length > 0 && (
        <Confirm
          label="Stop them"
          icon={IconPlayerStop}
          disabled={busy}
          title="Stop the services?"
          confirm="Stop"
          keep="Leave them on"
          onConfirm={() => void stopServices()}
        >
          {services.length > 0
            ? "Shelfmatch uses them now: until they are started again, it can't match or change products. Their data stays."
            : "Their data stays, and is there again with the next start."}
        </Confirm>
      )}
    </Group>
  );
}

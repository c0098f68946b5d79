import { Badge, Button, Skeleton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { StackStatus } from "../../../shared/contract/stack.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, healthQuery } from "../lib/queries.ts";
import { DockerPanel } from "./docker-panel.tsx";
import { InsideTheApp } from "./inside-the-app.tsx";
import { ModelsPanel } from "./models-panel.tsx";
import { MovePanel } from "./move-panel.tsx";
import { RestartNote } from "./restart-note.tsx";
import { ServiceCard } from "./service-card.tsx";
import classes from "./stack-page.module.css";
import { stackQuery } from "./stack-queries.ts";
import { overall, worstFirst } from "./words.ts";

export function StackPage() {
  const status = useQuery(stackQuery);
  useHotkeys([["r", () => void status.refetch()]]);
  return (
    <Page
      title={t("Stack")}
      actions={
        <>
          {status.data !== undefined && <Summary status={status.data} />}
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={status.isRefetching && status.isError}
            onClick={() => void status.refetch()}
          >
            {t("Look again")}
          </Button>
        </>
      }
    >
      {status.isPending && <Skeleton height={320} />}
      {status.isError && <ProblemNote problem={toProblem(status.error)} onRetry={() => void status.refetch()} />}
      {status.data !== undefined && <Status status={status.data} />}
    </Page>
  );
}

function Summary({ status }: { status: StackStatus }) {
  const summary = overall(status.services);
  return (
    <span role="status">
      {summary !== null && (
        <Badge variant="light" color={summary.color} tt="none" fw={550} size="lg">
          {summary.label}
        </Badge>
      )}
    </span>
  );
}

function Status({ status }: { status: StackStatus }) {
  const health = useQuery(healthQuery);
  const settings = useQuery(api.system.settings.queryOptions());
  const embedded = status.services.length === 0;
  // Folders are told to callers of the same machine only, and so are Docker and the moves theirs alone.
  const here = health.data === undefined || health.data.dataFolder !== null;
  const config = settings.data?.config;
  return (
    <>
      {settings.data !== undefined && <RestartNote settings={settings.data} inUse={!embedded} />}
      <div className={classes.columns}>
        <div className={classes.main}>
          {embedded ? (
            <InsideTheApp docker={status.docker} />
          ) : (
            <section aria-labelledby="stack-services">
              <h2 id="stack-services" className={classes.sectionTitle}>
                {t("Services")}
              </h2>
              <ul className={classes.cards}>
                {worstFirst(status.services).map((service) => (
                  <li key={service.name}>
                    <ServiceCard service={service} status={status} here={here} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <div className={classes.side}>
          <DockerPanel status={status} here={here} />
          <MovePanel status={status} settings={settings.data} here={here} />
        </div>
        <div className={classes.wide}>
          {status.services.some(({ name }) => name === "Triton") && (
            <ModelsPanel needed={config === undefined ? [] : [config.triton.imageModel, config.triton.textModel]} />
          )}
        </div>
      </div>
    </>
  );
}

import "../lib/zod-without-eval.ts";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, healthQuery } from "../lib/queries.ts";
import { HealthPanel } from "./health-panel.tsx";
import { SettingsForm } from "./settings-form.tsx";
import classes from "./settings-page.module.css";

export function SettingsPage() {
  const health = useQuery(healthQuery);
  const settings = useQuery(api.system.settings.queryOptions());
  return (
    <Page title="Settings">
      <div className={classes.columns}>
        <section className={classes.form} aria-label="Configuration">
          {settings.isPending && <Skeleton height={400} />}
          {settings.isError && (
            <ProblemNote problem={toProblem(settings.error)} onRetry={() => void settings.refetch()} />
          )}
          {settings.data !== undefined && <SettingsForm settings={settings.data} />}
        </section>
        <aside className={classes.health} aria-label="Health">
          {health.isPending && <Skeleton height={260} />}
          {health.data !== undefined && <HealthPanel health={health.data} />}
        </aside>
      </div>
    </Page>
  );
}

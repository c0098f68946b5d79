import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { desktop } from "../lib/desktop.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, healthQuery } from "../lib/queries.ts";
import { AppearanceCard } from "./appearance-card.tsx";
import { DesktopPanel } from "./desktop-panel.tsx";
import { HealthPanel } from "./health-panel.tsx";
import { SettingsForm } from "./settings-form.tsx";
import classes from "./settings-page.module.css";

export function SettingsTab() {
  const health = useQuery(healthQuery);
  const settings = useQuery(api.system.settings.queryOptions());
  return (
    <div className={classes.columns}>
      <section className={classes.form} aria-label={t("Configuration")}>
        {desktop !== null && <DesktopPanel desktop={desktop} dataFolder={health.data?.dataFolder ?? null} />}
        <AppearanceCard />
        {settings.isPending && <Skeleton height={400} />}
        {settings.isError && (
          <ProblemNote problem={toProblem(settings.error)} onRetry={() => void settings.refetch()} />
        )}
        {settings.data !== undefined && <SettingsForm settings={settings.data} />}
      </section>
      <aside className={classes.health} aria-label={t("Health")}>
        {health.isPending && <Skeleton height={260} />}
        {health.data !== undefined && <HealthPanel health={health.data} />}
      </aside>
    </div>
  );
}

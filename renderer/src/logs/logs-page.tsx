import "../lib/zod-without-eval.ts";
import { Button, Tabs } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useSearchParams } from "wouter";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { LinesTab } from "./lines-tab.tsx";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";
import { RunDrawer } from "./run-drawer.tsx";
import { RunsTab } from "./runs-tab.tsx";
import { StorageDrawer } from "./storage-drawer.tsx";

const ProblemsTab = lazy(() => import("./problems-tab.tsx").then((module) => ({ default: module.ProblemsTab })));
const FiguresTab = lazy(() => import("./figures-tab.tsx").then((module) => ({ default: module.FiguresTab })));

const TABS = ["lines", "errors", "runs", "charts"] as const;

export function LogsPage() {
  const [params, setParams] = useSearchParams();
  const change = (changes: ParamChanges, replace = false) =>
    setParams((now) => changedParams(now, changes), { replace });
  const openRun = (runId: string) => change({ detail: runId });
  const tab = TABS.find((one) => one === params.get("tab")) ?? "lines";
  return (
    <Page
      title={t("Journal")}
      actions={
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDatabase size={14} />}
          onClick={() => change({ storage: "1" })}
        >
          {t("What is kept")}
        </Button>
      }
    >
      <Tabs
        className={classes.tabs ?? ""}
        value={tab}
        onChange={(chosen) => change({ tab: chosen === "lines" ? undefined : (chosen ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="lines">{t("Lines")}</Tabs.Tab>
          <Tabs.Tab value="errors">{t("Errors")}</Tabs.Tab>
          <Tabs.Tab value="runs">{t("Runs")}</Tabs.Tab>
          <Tabs.Tab value="charts">{t("Charts")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="lines" className={classes.panel ?? ""}>
          <LinesTab params={params} onChange={change} onOpenRun={openRun} />
        </Tabs.Panel>
        <Tabs.Panel value="errors" className={classes.panel ?? ""}>
          <Suspense fallback={<ListSkeleton />}>
            <ProblemsTab params={params} onChange={change} onOpenRun={openRun} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="runs" className={classes.panel ?? ""}>
          <RunsTab params={params} onChange={change} onOpenRun={openRun} />
        </Tabs.Panel>
        <Tabs.Panel value="charts" className={classes.panel ?? ""}>
          <Suspense fallback={<ListSkeleton />}>
            <FiguresTab params={params} onChange={change} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
      <RunDrawer
        runId={params.get("detail")}
        onClose={() => change({ detail: undefined })}
        onShowLines={(run) =>
          change({ ...{ detail: undefined, tab: undefined, run, level: undefined }, component: undefined })
        }
      />
      <StorageDrawer opened={params.get("storage") === "1"} onClose={() => change({ storage: undefined })} />
    </Page>
  );
}

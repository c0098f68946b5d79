import "../lib/zod-without-eval.ts";
import { Tabs } from "@mantine/core";
import { useSearchParams } from "wouter";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { Page } from "../lib/page.tsx";
import { LinesTab } from "./lines-tab.tsx";
import classes from "./logs-page.module.css";
import { RunDrawer } from "./run-drawer.tsx";
import { RunsTab } from "./runs-tab.tsx";

export function LogsPage() {
  const [params, setParams] = useSearchParams();
  const change = (changes: ParamChanges, replace = false) =>
    setParams((now) => changedParams(now, changes), { replace });
  const openRun = (runId: string) => change({ detail: runId });
  return (
    <Page title="Journal">
      <Tabs
        className={classes.tabs ?? ""}
        value={params.get("tab") === "runs" ? "runs" : "lines"}
        onChange={(tab) => change({ tab: tab === "runs" ? "runs" : undefined })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="lines">Lines</Tabs.Tab>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="lines" className={classes.panel ?? ""}>
          <LinesTab params={params} onChange={change} onOpenRun={openRun} />
        </Tabs.Panel>
        <Tabs.Panel value="runs" className={classes.panel ?? ""}>
          <RunsTab params={params} onChange={change} onOpenRun={openRun} />
        </Tabs.Panel>
      </Tabs>
      <RunDrawer
        runId={params.get("detail")}
        onClose={() => change({ detail: undefined })}
        onShowLines={(run) =>
          change({ detail: undefined, tab: undefined, run, level: undefined, component: undefined })
        }
      />
    </Page>
  );
}

import { t } from "../lib/i18n/i18n.ts";
import "../lib/zod-without-eval.ts";
import { Tabs } from "@mantine/core";
import { useSearchParams } from "wouter";
import { Page } from "../lib/page.tsx";
import { AboutTab } from "./about-tab.tsx";
import { DataTab } from "./data-tab.tsx";
import classes from "./settings-page.module.css";
import { SettingsTab } from "./settings-tab.tsx";

const TABS = ["settings", "data", "about"] as const;

export function SettingsPage() {
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((one) => one === params.get("tab")) ?? "settings";
  return (
    <Page title={t("Settings")}>
      <Tabs
        value={tab}
        onChange={(next) => setParams(next === null || next === "settings" ? {} : { tab: next })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="settings">{t("Settings")}</Tabs.Tab>
          <Tabs.Tab value="data">{t("Data")}</Tabs.Tab>
          <Tabs.Tab value="about">{t("About")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings" className={classes.panel ?? ""}>
          <SettingsTab />
        </Tabs.Panel>
        <Tabs.Panel value="data" className={classes.panel ?? ""}>
          <DataTab />
        </Tabs.Panel>
        <Tabs.Panel value="about" className={classes.panel ?? ""}>
          <AboutTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

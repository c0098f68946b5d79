import { Loader, Tabs } from "@mantine/core";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { t } from "../lib/i18n/i18n.ts";
import { TimingsChart } from "../lib/timings-chart.tsx";
import { Alternatives } from "./alternatives.tsx";
import classes from "./answer-tabs.module.css";
import { ApiPanel } from "./api-panel.tsx";
import { DescriptionPanel } from "./description-panel.tsx";
import type { Question } from "./question.ts";
import { Why } from "./why.tsx";

interface Props {
  question: Question;
  result: MatchResult;
  complete: boolean;
}

export function AnswerTabs({ question, result, complete }: Props) {
  const listLabel = result.verdict === "none" ? t("Nearest products") : t("Alternatives");
  return (
    <Tabs defaultValue="alternatives" className={classes.tabs ?? ""} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="alternatives">{listLabel}</Tabs.Tab>
        <Tabs.Tab value="why">{t("Why")}</Tabs.Tab>
        <Tabs.Tab
          value="description"
          rightSection={result.describing ? <Loader size={12} aria-label={t("being described")} /> : null}
        >
          {t("Description")}
        </Tabs.Tab>
        <Tabs.Tab value="timings">{t("Timings")}</Tabs.Tab>
        <Tabs.Tab value="api">{t("Use via API")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="alternatives" className={classes.panel ?? ""} tabIndex={0}>
        <Alternatives question={question} result={result} complete={complete} />
      </Tabs.Panel>
      <Tabs.Panel value="why" className={classes.panel ?? ""} tabIndex={0}>
        <Why result={result} complete={complete} />
      </Tabs.Panel>
      <Tabs.Panel value="description" className={classes.panel ?? ""} tabIndex={0}>
        <DescriptionPanel result={result} complete={complete} />
      </Tabs.Panel>
      <Tabs.Panel value="timings" className={classes.panel ?? ""} tabIndex={0}>
        <TimingsChart timings={result.timings} />
      </Tabs.Panel>
      <Tabs.Panel value="api" className={classes.panel ?? ""} tabIndex={0}>
        <ApiPanel question={question} />
      </Tabs.Panel>
    </Tabs>
  );
}

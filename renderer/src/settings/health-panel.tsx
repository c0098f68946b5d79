import { Badge } from "@mantine/core";
import type { ComponentHealth, Health } from "../../../shared/contract/system.ts";
import { formatBytes, formatCount, formatDuration, formatMs } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { CalibrationCard } from "./calibration-card.tsx";
import card from "./card.module.css";
import { adapterName, componentTitle } from "./component-words.ts";
import { engineText } from "./engine-words.ts";
import { ReembeddingCard } from "./reembedding-card.tsx";
import classes from "./settings-page.module.css";

const STATES: Record<ComponentHealth["state"], { label: Message; color: string }> = {
  ready: { label: msg("Ready"), color: "pine" },
  degraded: { label: msg("Partly working"), color: "amber" },
  down: { label: msg("Not working"), color: "red" },
};

export function HealthPanel({ health }: { health: Health }) {
  const { products } = health;
  return (
    <>
      <CalibrationCard />
      {health.reembedding !== null && <ReembeddingCard reembedding={health.reembedding} />}
      <div className={card.card}>
        <h2 className={classes.cardTitle}>{t("Components")}</h2>
        {health.components.map((component) => (
          <div key={`${component.name} ${component.adapter}`} className={classes.component}>
            <div className={classes.componentHead}>
              {componentTitle(component)}
              <Badge variant="light" color={STATES[component.state].color} tt="none" fw={550}>
                {t(STATES[component.state].label)}
              </Badge>
            </div>
            <p className={classes.help}>
              {adapterName(component)}: {engineText(component.detail)}
            </p>
          </div>
        ))}
      </div>
      <div className={card.card}>
        <h2 className={classes.cardTitle}>{t("This installation")}</h2>
        <dl className={card.facts}>
          <Fact name={t("Version")}>{health.version}</Fact>
          <Fact name={t("Profile")}>{health.profile}</Fact>
          <Fact name={t("Products")}>{products === null ? t("not known") : productsLine(products)}</Fact>
          {health.dataFolder !== null && <Fact name={t("Data folder")}>{health.dataFolder}</Fact>}
          <Fact name={t("Memory")}>{formatBytes(health.memoryBytes)}</Fact>
          <Fact name={t("Running for")}>{formatDuration(health.uptimeSeconds)}</Fact>
          <Fact name={t("Started in")}>{formatMs(health.startMs)}</Fact>
          <Fact name={t("Image encoder")}>{health.fingerprint.image}</Fact>
          <Fact name={t("Text encoder")}>{health.fingerprint.text}</Fact>
        </dl>
      </div>
    </>
  );
}

function productsLine({ total, pending, failed }: NonNullable<Health["products"]>): string {
  return [
    formatCount(total),
    ...(pending > 0 ? [t("{count} being indexed", { count: formatCount(pending) })] : []),
    ...(failed > 0 ? [t("{count} failed", { count: formatCount(failed) })] : []),
  ].join(", ");
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={card.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

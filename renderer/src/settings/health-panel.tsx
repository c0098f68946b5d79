import { Badge } from "@mantine/core";
import type { ComponentHealth, Health } from "../../../shared/contract/system.ts";
import { formatBytes, formatCount, formatDuration, formatMs } from "../lib/format.ts";
import { CalibrationCard } from "./calibration-card.tsx";
import card from "./card.module.css";
import { adapterName, componentTitle } from "./component-words.ts";
import { ReembeddingCard } from "./reembedding-card.tsx";
import classes from "./settings-page.module.css";

const STATES: Record<ComponentHealth["state"], { label: string; color: string }> = {
  ready: { label: "Ready", color: "pine" },
  degraded: { label: "Partly working", color: "amber" },
  down: { label: "Not working", color: "red" },
};

export function HealthPanel({ health }: { health: Health }) {
  const { products } = health;
  return (
    <>
      <CalibrationCard />
      {health.reembedding !== null && <ReembeddingCard reembedding={health.reembedding} />}
      <div className={card.card}>
        <h2 className={classes.cardTitle}>Components</h2>
        {health.components.map((component) => (
          <div key={`${component.name} ${component.adapter}`} className={classes.component}>
            <div className={classes.componentHead}>
              {componentTitle(component)}
              <Badge variant="light" color={STATES[component.state].color} tt="none" fw={550}>
                {STATES[component.state].label}
              </Badge>
            </div>
            <p className={classes.help}>
              {adapterName(component)}: {component.detail}
            </p>
          </div>
        ))}
      </div>
      <div className={card.card}>
        <h2 className={classes.cardTitle}>This installation</h2>
        <dl className={card.facts}>
          <Fact name="Version">{health.version}</Fact>
          <Fact name="Profile">{health.profile}</Fact>
          <Fact name="Products">
            {formatCount(products.total)}
            {products.pending > 0 && `, ${formatCount(products.pending)} being indexed`}
            {products.failed > 0 && `, ${formatCount(products.failed)} failed`}
          </Fact>
          {health.dataFolder !== null && <Fact name="Data folder">{health.dataFolder}</Fact>}
          <Fact name="Memory">{formatBytes(health.memoryBytes)}</Fact>
          <Fact name="Running for">{formatDuration(health.uptimeSeconds)}</Fact>
          <Fact name="Started in">{formatMs(health.startMs)}</Fact>
          <Fact name="Image encoder">{health.fingerprint.image}</Fact>
          <Fact name="Text encoder">{health.fingerprint.text}</Fact>
        </dl>
      </div>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={card.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

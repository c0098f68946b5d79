import { Badge, Button } from "@mantine/core";
import { IconBulb } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Service, StackStatus } from "../../../shared/contract/stack.ts";
import { withoutSeeStack } from "../../../shared/errors.ts";
import { formatMs, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./stack-page.module.css";
import { startServices } from "./stack-run.ts";
import { isBusy, useStackWork } from "./stack-store.ts";
import { type Advice, adviceFor, BREAKER, callsLine, partsLine, queueLine, STATE, settingsHref } from "./words.ts";

interface Props {
  service: Service;
  status: StackStatus;
  here: boolean;
}

export function ServiceCard({ service, status, here }: Props) {
  const { name, state, lastFailure } = service;
  const said = withoutSeeStack(service.detail);
  const reason = withoutSeeStack(lastFailure?.message ?? "");
  const id = `service-${name}`;
  const breaker = BREAKER[service.breaker];
  const advice = adviceFor(service, status);
  return (
    <article className={classes.service} data-state={state} aria-labelledby={id}>
      <header className={classes.serviceHead}>
        <div>
          <h3 id={id} className={classes.serviceName}>
            {name}
          </h3>
          <p className={classes.quiet}>{partsLine(service.parts)}</p>
        </div>
        <Badge variant="light" color={STATE[state].color} tt="none" fw={550}>
          {t(STATE[state].label)}
        </Badge>
      </header>
      <p className={classes.detail}>{said}</p>
      {advice !== null && <AdviceLine service={service} status={status} advice={advice} here={here} />}
      <dl className={classes.facts}>
        <Fact name={t("Address")} wide>
          {service.address}
        </Fact>
        <Fact name={t("Version")}>{service.version ?? t("Not known yet")}</Fact>
        <Fact name={t("Answers in")}>
          {service.latencyMs === null ? t("No answer yet") : formatMs(service.latencyMs)}
        </Fact>
        <Fact name={t("Now")}>{queueLine(service)}</Fact>
        <Fact name={t("Calls")}>{callsLine(service)}</Fact>
        <Fact name={t("Protection")} wide>
          {t(breaker.words)} <span className={classes.term}>({t(breaker.term)})</span>
        </Fact>
        {lastFailure !== null && (
          <Fact name={t("Last failure")} wide>
            {formatTime(lastFailure.time)} <code className={classes.code}>{lastFailure.code}</code>
            {reason !== said && <span className={classes.reason}>{reason}</span>}
          </Fact>
        )}
      </dl>
    </article>
  );
}

function AdviceLine({ service, status, advice, here }: Props & { advice: Advice }) {
  const busy = useStackWork(isBusy);
  return (
    <div className={classes.advice}>
      <IconBulb size={18} stroke={1.7} aria-hidden />
      <div>
        <p>
          <strong>{t("What to do:")}</strong> {advice.text}
        </p>
        {advice.action === "start" && here && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={busy}
            onClick={() => void startServices(status.docker.gpu ? "gpu" : "cpu")}
          >
            {t("Start the services")}
          </Button>
        )}
        {advice.action === "settings" && (
          <Button size="compact-sm" variant="default" component={Link} href={settingsHref(service.name)}>
            {t("Settings of {service}", { service: service.name })}
          </Button>
        )}
      </div>
    </div>
  );
}

interface FactProps {
  name: string;
  /** Needs the whole width. */
  wide?: boolean;
  children: ReactNode;
}

export function Fact({ name, wide = false, children }: FactProps) {
  return (
    <div className={classes.fact} data-wide={wide || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

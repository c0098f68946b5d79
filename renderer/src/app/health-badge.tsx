import { Tooltip, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { formatCount } from "../lib/format.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import navBadge from "../lib/nav-badge.module.css";
import { healthQuery } from "../lib/queries.ts";
import classes from "./health-badge.module.css";

const STATUS_TEXT = {
  ready: msg("Ready"),
  degraded: msg("Partly working"),
  down: msg("Not working"),
  lost: msg("No connection"),
};

/** One dot for the whole: which component it is stands on the settings page, or on the stack's. */
export function HealthBadge({ collapsed }: { collapsed: boolean }) {
  const { data, isError } = useQuery(healthQuery);
  if (data === undefined && !isError) return null;
  const status = isError || data === undefined ? "lost" : data.status;
  const counts = data?.products ?? null;
  const pending = counts?.pending ?? 0;
  const products =
    counts === null ? "" : t("{count, plural, one {# product} other {# products}}", { count: counts.total });
  const work = pending === 0 ? null : t("Indexing {count}", { count: formatCount(pending) });
  const text = work !== null && status === "ready" ? work : t(STATUS_TEXT[status]);
  return (
    <Tooltip label={`${text}${products === "" ? "" : ` · ${products}`}`} position="right" disabled={!collapsed}>
      <Link
        href={status !== "ready" && data?.profile === "stack" ? "/stack" : "/settings"}
        className={navBadge.badge ?? ""}
      >
        <span className={classes.dot} data-status={status} aria-hidden />
        <VisuallyHidden>{t("Engine:")} </VisuallyHidden>
        <Words hidden={collapsed}>
          {text} <span className={classes.count}>{products}</span>
        </Words>
      </Link>
    </Tooltip>
  );
}

/** Collapsed, the words are there for who listens. */
function Words({ hidden, children }: { hidden: boolean; children: ReactNode }) {
  if (hidden) return <VisuallyHidden>{children}</VisuallyHidden>;
  return <span className={classes.text}>{children}</span>;
}

import { Loader, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import navBadge from "../lib/nav-badge.module.css";
import classes from "./stack-badge.module.css";
import { useStackWork } from "./stack-store.ts";

/** A command or a move that runs, in view on every page. */
export function StackBadge({ collapsed }: { collapsed: boolean }) {
  const { compose, move } = useStackWork();
  const text =
    move?.state === "running"
      ? t("Moving the catalogue")
      : compose?.state === "running"
        ? compose.what === "up"
          ? t("Starting services")
          : t("Stopping services")
        : null;
  if (text === null) return null;
  return (
    <Tooltip label={text} position="right" disabled={!collapsed}>
      <Link href="/stack" className={navBadge.badge ?? ""} aria-label={text}>
        <Loader size={14} aria-hidden />
        {!collapsed && <span className={classes.text}>{text}</span>}
      </Link>
    </Tooltip>
  );
}

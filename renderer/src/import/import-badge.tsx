import { Progress, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import classes from "../lib/work-badge.module.css";
import { isOver, percentDone, progressLine } from "./import-state.ts";
import { useImport } from "./import-store.ts";

/** A running import, in view on every page. */
export function ImportBadge({ collapsed }: { collapsed: boolean }) {
  const { progress, uploading } = useImport();
  const running = progress !== null && !isOver(progress);
  if (!running && !uploading) return null;
  const percent = progress === null ? null : percentDone(progress);
  const line = progress === null ? "Sending files" : progressLine(progress);
  return (
    <Tooltip label={`Import: ${line}`} position="right">
      <Link href="/catalogue?import=1" className={classes.badge ?? ""} aria-label={`Import: ${line}`}>
        {!collapsed && <span className={classes.text}>Importing{percent === null ? "…" : ` ${percent} %`}</span>}
        <Progress value={percent ?? 100} animated={percent === null} size={5} aria-label="Import" />
      </Link>
    </Tooltip>
  );
}

import { Progress, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import classes from "../lib/work-badge.module.css";
import { isOver, percentDone, progressLine } from "./import-state.ts";
import { useImport } from "./import-store.ts";

/** A running import, in view on every page. */
export function ImportBadge({ collapsed }: { collapsed: boolean }) {
  const { progress, uploading } = useImport();
  const running = progress !== null && !isOver(progress);
  if (!running && !uploading) return null;
  const percent = progress === null ? null : percentDone(progress);
  const line = progress === null ? t("Sending files") : progressLine(progress);
  const importId = progress?.importId ?? "1";
  return (
    <Tooltip label={t("Import: {line}", { line })} position="right">
      <Link
        href={`/catalogue?import=${importId}`}
        className={classes.badge ?? ""}
        aria-label={t("Import: {line}", { line })}
      >
        {!collapsed && (
          <span className={classes.text}>
            {percent === null ? t("Importing…") : t("Importing {percent} %", { percent })}
          </span>
        )}
        <Progress value={percent ?? 100} animated={percent === null} size={5} aria-label={t("Import")} />
      </Link>
    </Tooltip>
  );
}

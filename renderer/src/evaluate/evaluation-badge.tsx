import { Progress, Tooltip } from "@mantine/core";
import { useEffect } from "react";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import classes from "../lib/work-badge.module.css";
import { adoptRunning } from "./evaluation-run.ts";
import { isOver, percentDone, useEvaluation } from "./evaluation-store.ts";

/** A running evaluation, in view on every page; one that runs already when the app is opened as well. */
export function EvaluationBadge({ collapsed }: { collapsed: boolean }) {
  const { running, uploading } = useEvaluation();
  useEffect(() => {
    void adoptRunning();
  }, []);
  if (!uploading && (running === null || isOver(running))) return null;
  const percent = running === null ? null : percentDone(running);
  const line = percent === null ? t("Evaluating…") : t("Evaluating {percent} %", { percent });
  return (
    <Tooltip label={line} position="right">
      <Link
        href={running === null ? "/evaluate" : `/evaluate?run=${running.id}`}
        className={classes.badge ?? ""}
        aria-label={line}
      >
        {!collapsed && <span className={classes.text}>{line}</span>}
        <Progress value={percent ?? 100} animated={percent === null} size={5} aria-label={t("Evaluation")} />
      </Link>
    </Tooltip>
  );
}

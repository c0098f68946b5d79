import { Anchor } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./answer-warnings.module.css";
import { toWarning } from "./warning.ts";

/** What the answer had to do without: one line, the reasons behind it. */
export function AnswerWarnings({ warnings }: { warnings: readonly string[] }) {
  const all = warnings.map(toWarning);
  const [first] = all;
  if (first === undefined) return null;
  const more = all.length - 1;
  const reasons = all.filter(({ why }, index) => why !== "" || index > 0);
  const service = all.some((one) => one.service);
  return (
    <details className={classes.warnings} data-testid="answer-warnings">
      <summary className={classes.line}>
        <IconAlertTriangle size={16} aria-hidden />
        <span className={classes.what}>
          {first.what}
          {more > 0 && ` ${t("And {count} more.", { count: more })}`}
          {first.why !== "" && t(" The answer stands without it.")}
        </span>
        {(reasons.length > 0 || service) && <span className={classes.more}>{t("Why")}</span>}
      </summary>
      <ul className={classes.reasons}>
        {reasons.map(({ what, why }) => (
          <li key={what}>{what === first.what ? why : `${what} ${why}`}</li>
        ))}
        {service && (
          <li>
            <Anchor component={Link} href="/stack" inherit underline="always">
              {t("How the services are, and what to do")}
            </Anchor>
          </li>
        )}
      </ul>
    </details>
  );
}

import { Button, Loader } from "@mantine/core";
import { IconCircleCheckFilled, IconCircleDashed, IconHelpCircleFilled } from "@tabler/icons-react";
import type { MatchResult, Verdict } from "../../../shared/contract/match.ts";
import { formatMs } from "../lib/format.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import { answeredIn } from "../lib/timings.ts";
import { verdictWording } from "../lib/verdict.ts";
import { cancelAsking } from "./ask.ts";
import classes from "./verdict-head.module.css";

const ICONS: Record<Verdict, typeof IconCircleDashed> = {
  match: IconCircleCheckFilled,
  similar: IconHelpCircleFilled,
  none: IconCircleDashed,
};

const NEXT_STAGE = {
  visual: msg("comparing details"),
  verified: msg("reading text"),
  refined: msg("describing the picture"),
  described: msg("finishing"),
};

export function VerdictHead({ result, refining }: { result: MatchResult; refining: boolean }) {
  const { headline, detail } = verdictWording(result);
  const Icon = ICONS[result.verdict];
  const best = result.matches[0];
  const total = answeredIn(result.timings);
  return (
    <div className={classes.head} data-verdict={result.verdict} data-testid="verdict" data-stage={result.stage}>
      <Icon className={classes.icon} size={30} aria-hidden />
      <div className={classes.words}>
        <h2 className={classes.headline} title={headline}>
          {headline}
        </h2>
        <p className={classes.detail}>{detail}</p>
      </div>
      <div className={classes.side}>
        {refining ? (
          <span className={classes.refining}>
            <Loader size={12} color="currentColor" aria-hidden />
            {t(NEXT_STAGE[result.stage])}
            <Button size="compact-xs" variant="subtle" color="slate" onClick={cancelAsking}>
              {t("Cancel")}
            </Button>
          </span>
        ) : (
          total !== undefined && <span className={classes.refining}>{formatMs(total)}</span>
        )}
        {best !== undefined && (
          // biome-ignore lint/a11y/useSemanticElements: <meter> can't be styled alike in every browser.
          <div
            className={classes.meter}
            role="meter"
            aria-label={t("Confidence")}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(best.confidence * 100)}
          >
            <span style={{ width: `${best.confidence * 100}%` }} />
          </div>
        )}
      </div>
    </div>
  );
}

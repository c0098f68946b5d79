import { Button, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { BatchItemDetail } from "../../../shared/contract/batch.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { formatPercent, formatPrice } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./item-detail.module.css";

interface Props {
  detail: BatchItemDetail;
  result: MatchResult;
  onPick: (sku: string) => void;
}

/** The best match and what else it may be. */
export function Candidates({ detail, result, onPick }: Props) {
  return (
    <ol className={classes.candidates} aria-label={t("Candidates")}>
      {result.matches.map((candidate) => {
        const picked = detail.decision?.product?.sku === candidate.sku;
        return (
          <li key={candidate.sku} className={classes.candidate}>
            <Thumbnail hash={candidate.picture} size={40} />
            <span className={classes.words}>
              <span className={classes.name}>{candidate.name}</span>
              <span className={classes.quiet}>
                {[candidate.sku, candidate.category, formatPrice(candidate.price, candidate.currency)]
                  .filter((part) => part !== "")
                  .join(" · ")}
              </span>
              {candidate.sharedWords.length > 0 && (
                <span className={classes.quiet}>{t("Read: {words}", { words: candidate.sharedWords.join(", ") })}</span>
              )}
            </span>
            <strong className="tabular">{formatPercent(candidate.confidence)}</strong>
            <Button
              size="compact-xs"
              variant={picked ? "light" : "default"}
              leftSection={picked ? <IconCheck size={13} /> : null}
              onClick={() => onPick(candidate.sku)}
            >
              {t("It is this one")}
              <VisuallyHidden>: {candidate.name}</VisuallyHidden>
            </Button>
          </li>
        );
      })}
    </ol>
  );
}

import { Button, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { confirmedSku, sendFeedback, useFeedback } from "../feedback/feedback-store.ts";
import { formatPercent, formatPrice } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./alternatives.module.css";
import { useAnswer } from "./answer-store.ts";
import { judgedOf } from "./judged.ts";
import type { Question } from "./question.ts";

interface Props {
  question: Question;
  result: MatchResult;
  complete: boolean;
}

/** Every candidate, best first; a click compares it with the query picture. */
export function Alternatives({ question, result, complete }: Props) {
  const chosen = useAnswer((state) => state.chosen);
  const feedback = useFeedback();
  const judged = judgedOf(question, result);
  const before = feedback.runId === result.runId ? confirmedSku(feedback.answer, feedback.sku, judged.first) : null;
  const picked = feedback.runId === result.runId && feedback.answer === "this" ? feedback.sku : null;
  return (
    <ul className={classes.list}>
      {result.matches.map((candidate, index) => (
        <li key={candidate.sku} className={classes.row} data-chosen={index === chosen || undefined}>
          <button
            type="button"
            className={classes.compare}
            aria-pressed={index === chosen}
            onClick={() => useAnswer.setState({ chosen: index })}
          >
            <VisuallyHidden>{t("Compare with")}</VisuallyHidden>
            <Thumbnail hash={candidate.picture} size={40} />
            <span className={classes.words}>
              <span className={classes.name}>{candidate.name}</span>
              <span className={classes.detail}>
                {candidate.sku}
                {candidate.category !== "" && ` · ${candidate.category}`}
              </span>
            </span>
            <span className={classes.price}>{formatPrice(candidate.price, candidate.currency)}</span>
            <span className={classes.confidence}>{formatPercent(candidate.confidence)}</span>
          </button>
          <Button
            size="compact-sm"
            variant={picked === candidate.sku ? "light" : "default"}
            leftSection={picked === candidate.sku ? <IconCheck size={14} /> : null}
            disabled={!complete}
            onClick={() => void sendFeedback(judged, "this", candidate.sku, before)}
          >
            {t("It is this one")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

import { Button, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { formatPercent, formatPrice } from "../lib/format.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./alternatives.module.css";
import { useAnswer } from "./answer-store.ts";
import { sendFeedback, useFeedback } from "./feedback-store.ts";

interface Props {
  result: MatchResult;
  complete: boolean;
}

/** Every candidate, best first; a click compares it with the query picture. */
export function Alternatives({ result, complete }: Props) {
  const chosen = useAnswer((state) => state.chosen);
  const feedback = useFeedback();
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
            <VisuallyHidden>Compare with </VisuallyHidden>
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
            onClick={() => void sendFeedback(result.runId, "this", candidate.sku)}
          >
            It is this one
          </Button>
        </li>
      ))}
    </ul>
  );
}

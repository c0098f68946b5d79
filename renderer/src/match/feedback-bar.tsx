import { Button, Group } from "@mantine/core";
import { IconCheck, IconThumbDown, IconThumbUp, IconZoomQuestion } from "@tabler/icons-react";
import type { MatchResult } from "../../../shared/contract/match.ts";
import classes from "./feedback-bar.module.css";
import { type Answer, sendFeedback, useFeedback } from "./feedback-store.ts";
import { ProductPicker } from "./product-picker.tsx";

const THANKS: Record<Answer, string> = {
  right: "Noted: right.",
  wrong: "Noted: wrong. Which one is it?",
  this: "Noted: it is",
  absent: "Noted: not in the catalogue.",
};

interface Props {
  result: MatchResult;
  complete: boolean;
}

/** Right or wrong, and if wrong, which: kept in the journal with the run. */
export function FeedbackBar({ result, complete }: Props) {
  const feedback = useFeedback();
  const mine = feedback.runId === result.runId;
  const answer = mine ? feedback.answer : null;
  const send = (said: Answer, sku?: string) => void sendFeedback(result.runId, said, sku);
  const absent = result.verdict === "none";

  return (
    <div className={classes.bar}>
      <Group gap={6} role="group" aria-label="Was this right?">
        <Choice said="right" label="Right" icon={IconThumbUp} answer={answer} complete={complete} onSay={send} />
        <Choice said="wrong" label="Wrong" icon={IconThumbDown} answer={answer} complete={complete} onSay={send} />
        {!absent && (
          <Choice
            said="absent"
            label="Not in the catalogue"
            icon={IconZoomQuestion}
            answer={answer}
            complete={complete}
            onSay={send}
          />
        )}
        {(answer === "wrong" || answer === "this") && <ProductPicker onPick={(sku) => send("this", sku)} />}
      </Group>
      <span className={classes.note} role="status" data-testid="feedback-note">
        {mine && feedback.problem?.message}
        {answer !== null &&
          !feedback.sending &&
          `${THANKS[answer]}${answer === "this" ? ` ${feedback.sku ?? ""}.` : ""}`}
      </span>
    </div>
  );
}

interface ChoiceProps {
  said: Answer;
  label: string;
  icon: typeof IconCheck;
  answer: Answer | null;
  complete: boolean;
  onSay: (said: Answer) => void;
}

function Choice({ said, label, icon: Icon, answer, complete, onSay }: ChoiceProps) {
  const pressed = answer === said;
  return (
    <Button
      size="compact-sm"
      variant={pressed ? "light" : "default"}
      leftSection={pressed ? <IconCheck size={14} /> : <Icon size={14} stroke={1.8} />}
      aria-pressed={pressed}
      // The run is in the journal only once its last stage is.
      disabled={!complete}
      onClick={() => onSay(said)}
    >
      {label}
    </Button>
  );
}

import { Button, Group } from "@mantine/core";
import { IconCheck, IconThumbDown, IconThumbUp, IconZoomQuestion } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import type { Run } from "../../../shared/contract/journal.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import classes from "./feedback-bar.module.css";
import { type Answer, confirmedSku, type Judged, sendFeedback, useFeedback } from "./feedback-store.ts";
import { PhotoOffer } from "./photo-offer.tsx";

/** Asked for only where an answer was wrong. */
const ProductPicker = lazy(() => import("./product-picker.tsx").then((module) => ({ default: module.ProductPicker })));

const THANKS: Record<Answer, Message> = {
  right: msg("Noted: right."),
  wrong: msg("Noted: wrong. Which one is it?"),
  this: msg("Noted: it is"),
  absent: msg("Noted: not in the catalogue."),
};

interface Props {
  judged: Judged;
  /** The run is in the journal only once its last stage is. */
  complete: boolean;
  /** What was said of it before. */
  said?: Run["feedback"];
}

/** Right or wrong, and if wrong, which: kept in the journal with the run. */
export function FeedbackBar({ judged, complete, said = null }: Props) {
  const feedback = useFeedback();
  const mine = feedback.runId === judged.runId;
  const answer = mine ? feedback.answer : (said?.answer ?? null);
  const sku = mine ? feedback.sku : (said?.sku ?? null);
  const confirmed = confirmedSku(answer, sku, judged.first);
  const send = (next: Answer, nextSku?: string) => void sendFeedback(judged, next, nextSku ?? null, confirmed);

  return (
    <div className={classes.bar}>
      <Group gap={6} role="group" aria-label={t("Was this right?")}>
        <Choice said="right" label={t("Right")} icon={IconThumbUp} answer={answer} complete={complete} onSay={send} />
        <Choice said="wrong" label={t("Wrong")} icon={IconThumbDown} answer={answer} complete={complete} onSay={send} />
        {judged.first !== null && (
          <Choice
            said="absent"
            label={t("Not in the catalogue")}
            icon={IconZoomQuestion}
            answer={answer}
            complete={complete}
            onSay={send}
          />
        )}
        <Suspense>
          {(answer === "wrong" || answer === "this") && <ProductPicker onPick={(picked) => send("this", picked)} />}
        </Suspense>
        {confirmed !== null && judged.pictured && !feedback.sending && <PhotoOffer judged={judged} sku={confirmed} />}
      </Group>
      <span className={classes.note} role="status" data-testid="feedback-note">
        {mine && feedback.problem?.message}
        {answer !== null && !feedback.sending && `${t(THANKS[answer])}${answer === "this" ? ` ${sku ?? ""}.` : ""}`}
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
      disabled={!complete}
      onClick={() => onSay(said)}
    >
      {label}
    </Button>
  );
}

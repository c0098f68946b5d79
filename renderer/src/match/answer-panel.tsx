import { Button } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { FeedbackBar } from "../feedback/feedback-bar.tsx";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { askAgain } from "./actions.ts";
import classes from "./answer-panel.module.css";
import { useAnswer } from "./answer-store.ts";
import { AnswerWaiting } from "./answer-waiting.tsx";
import { AnswerWarnings } from "./answer-warnings.tsx";
import { cancelAsking } from "./ask.ts";
import { Compare } from "./compare.tsx";
import { judgedOf } from "./judged.ts";
import { NoAnswerYet } from "./no-answer-yet.tsx";
import { ProductFacts } from "./product-facts.tsx";
import { VerdictHead } from "./verdict-head.tsx";

/** Fetched with the first answer: a first load, which has none, need not wait for it. */
const AnswerTabs = lazy(() => import("./answer-tabs.tsx").then((module) => ({ default: module.AnswerTabs })));

export function AnswerPanel() {
  const { question, result, problem, running, complete, chosen } = useAnswer();
  if (question === null) return running ? <AnswerWaiting /> : <NoAnswerYet />;
  const note = problem !== null && (
    <div className={classes.problem}>
      <ProblemNote problem={problem} onRetry={askAgain} />
    </div>
  );
  if (result === null) {
    if (running) return <AnswerWaiting onCancel={cancelAsking} />;
    return (
      note || (
        <EmptyState
          icon={IconPlayerStop}
          title={t("Cancelled")}
          actions={
            <Button variant="default" onClick={askAgain}>
              {t("Ask again")}
            </Button>
          }
        />
      )
    );
  }
  const candidate = result.matches[chosen] ?? result.matches[0];
  return (
    <div className={classes.answer} aria-busy={running}>
      {note}
      <VerdictHead result={result} refining={running && (!complete || result.describing)} />
      {result.warnings.length > 0 && <AnswerWarnings warnings={result.warnings} />}
      {candidate !== undefined && (
        <>
          <Compare question={question} result={result} candidate={candidate} />
          <ProductFacts candidate={candidate} />
          <FeedbackBar judged={judgedOf(question, result)} complete={complete} />
        </>
      )}
      <Suspense>
        <AnswerTabs question={question} result={result} complete={complete} />
      </Suspense>
    </div>
  );
}

import { useEffect } from "react";
import type { DesktopBridge } from "../../../shared/desktop/bridge.ts";
import type { Notice, Work } from "../../../shared/desktop/calls.ts";
import { isOver as isEvaluated, percentDone as percentEvaluated, useEvaluation } from "../evaluate/evaluation-store.ts";
import { isOver, percentDone, progressLine } from "../import/import-state.ts";
import { useImport } from "../import/import-store.ts";
import { desktop } from "../lib/desktop.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import { errorText } from "../lib/problem.ts";
import { dataNotice, dataShare } from "../settings/data-outcome.ts";
import { useDataWork } from "../settings/data-work.ts";
import { stackNotice, stackShare } from "../stack/outcome.ts";
import { useStackWork } from "../stack/stack-store.ts";

const OUTCOMES = {
  done: msg("Import done"),
  failed: msg("The import failed"),
  cancelled: msg("The import was cancelled"),
} as const;

/** What changed: how far work is (null when it is over), and how it ended where somebody waited for that. */
interface Change {
  work: Work | null;
  notice: Notice | null;
}

type Store<State> = { subscribe(listener: (state: State, before: State) => void): () => void };

function show<State>(
  { showWork, notify }: DesktopBridge,
  store: Store<State>,
  changeOf: (state: State, before: State) => Change | null,
): () => void {
  return store.subscribe((state, before) => {
    const change = changeOf(state, before);
    if (change === null) return;
    void showWork(change.work);
    if (change.notice !== null) void notify(change.notice);
  });
}

type Imported = ReturnType<typeof useImport.getState>;

function importChange({ progress }: Imported, before: Imported): Change | null {
  if (progress === null || progress === before.progress) return null;
  if (!isOver(progress)) {
    const percent = percentDone(progress);
    return { work: { title: t("Importing products"), share: percent === null ? null : percent / 100 }, notice: null };
  }
  const watched = before.progress !== null && !isOver(before.progress);
  const title = OUTCOMES[progress.state as keyof typeof OUTCOMES];
  if (!watched || title === undefined) return { work: null, notice: null };
  return {
    work: null,
    notice: { title: t(title), body: progress.error === null ? progressLine(progress) : errorText(progress.error) },
  };
}

const EVALUATED = {
  done: msg("Evaluation done"),
  failed: msg("The evaluation stopped"),
  cancelled: msg("The evaluation was cancelled"),
} as const;

type Evaluated = ReturnType<typeof useEvaluation.getState>;

function evaluationChange({ running }: Evaluated, before: Evaluated): Change | null {
  if (running === null || running === before.running) return null;
  if (!isEvaluated(running)) {
    const percent = percentEvaluated(running);
    return { work: { title: t("Evaluating"), share: percent === null ? null : percent / 100 }, notice: null };
  }
  const watched = before.running !== null && !isEvaluated(before.running);
  const title = EVALUATED[running.state as keyof typeof EVALUATED];
  if (!watched || title === undefined) return { work: null, notice: null };
  const outcome =
    running.error === null
      ? t("{count, plural, one {# query} other {# queries}}", { count: running.done })
      : errorText(running.error);
  return { work: null, notice: { title: t(title), body: outcome } };
}

/** Shows long work on the task bar, and says when it is over to somebody who looks elsewhere by then. */
export function useDesktopWork(): void {
  useEffect(() => {
    if (desktop === null) return;
    const ends = [
      show(desktop, useImport, importChange),
      show(desktop, useEvaluation, evaluationChange),
      show(desktop, useStackWork, (work, before) => ({ work: stackShare(work), notice: stackNotice(work, before) })),
      show(desktop, useDataWork, ({ work }, before) => ({
        work: dataShare(work),
        notice: dataNotice(work, before.work),
      })),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);
}

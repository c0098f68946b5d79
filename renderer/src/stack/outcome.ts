import type { Notice, Work } from "../../../shared/desktop/calls.ts";
import { t } from "../lib/i18n/i18n.ts";
import { PHASES, phasePercent } from "./run-state.ts";
import type { StackWork } from "./stack-store.ts";

/** Starting or stopping services, and a move, for somebody who looks elsewhere: how far it is, and how it ended. */

/** @returns null where nothing runs */
export function stackShare({ compose, move }: StackWork): Work | null {
  if (move?.state === "running") {
    const percent = PHASES.reduce((sum, phase) => sum + phasePercent(move, phase), 0) / PHASES.length;
    return { title: t("Moving the catalogue"), share: percent / 100 };
  }
  if (compose?.state !== "running") return null;
  // Docker does not say how much there is to pull.
  return { title: compose.what === "up" ? t("Starting services") : t("Stopping services"), share: null };
}

type Ended = { state: string; problem: { message: string } | null } | null;

function outcome(run: Ended, before: Ended, done: Notice, failed: string): Notice | null {
  if (run === null || before?.state !== "running") return null;
  if (run.state === "done") return done;
  return run.state === "failed" ? { title: failed, body: run.problem?.message ?? "" } : null;
}

/** @returns null but for the change with which one of them ended by itself */
export function stackNotice({ compose, move }: StackWork, before: StackWork): Notice | null {
  const up = compose?.what === "up";
  return (
    outcome(
      move,
      before.move,
      { title: t("The catalogue was moved"), body: t("It is used from the next start on.") },
      t("The move failed"),
    ) ??
    outcome(
      compose,
      before.compose,
      { title: up ? t("The services run") : t("The services are stopped"), body: t("The page Stack shows them.") },
      up ? t("The services could not be started") : t("The services could not be stopped"),
    )
  );
}

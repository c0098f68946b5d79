import { VisuallyHidden } from "@mantine/core";
import { t } from "../lib/i18n/i18n.ts";
import { verdictWording } from "../lib/verdict.ts";
import { useAnswer } from "./answer-store.ts";

/** Says the answer to who listens instead of looking: once it is whole, not at every stage. */
export function VerdictAnnouncer() {
  const { result, problem, running, complete } = useAnswer();
  const words = result === null ? null : verdictWording(result);
  const spoken = problem?.message ?? (words === null ? "" : `${words.headline}. ${words.detail}.`);
  return (
    <VisuallyHidden role="status" aria-live="polite" data-testid="announcer">
      {running && result === null ? t("Looking for the product") : complete || problem !== null ? spoken : ""}
    </VisuallyHidden>
  );
}

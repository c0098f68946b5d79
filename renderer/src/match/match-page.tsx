import { t } from "../lib/i18n/i18n.ts";
import { StackOffer } from "../stack/stack-offer.tsx";
import { AnswerPanel } from "./answer-panel.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { InputPanel } from "./input-panel.tsx";
import classes from "./match-page.module.css";
import { useMatchKeys } from "./use-match-keys.ts";
import { usePaste } from "./use-paste.ts";
import { VerdictAnnouncer } from "./verdict-announcer.tsx";

/** The first page: the question on the left, the answer on the right, both in view at once. */
export function MatchPage() {
  usePaste();
  useMatchKeys();
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title} tabIndex={-1} data-page-title>
          {t("Which product is this?")}
        </h1>
        <StackOffer />
      </header>
      <section className={classes.panel} aria-label={t("Your picture")}>
        <InputPanel />
      </section>
      <section className={classes.panel} aria-label={t("Answer")}>
        <AnswerPanel />
      </section>
      <VerdictAnnouncer />
      <DropOverlay />
    </div>
  );
}

import { Progress } from "@mantine/core";
import type { Health } from "../../../shared/contract/system.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import card from "./card.module.css";
import classes from "./settings-page.module.css";

/** How far the catalogue has been embedded by another encoder. */
export function ReembeddingCard({ reembedding }: { reembedding: NonNullable<Health["reembedding"]> }) {
  const { done, failed, total, from, to } = reembedding;
  const share = total === 0 ? 0 : (100 * (done + failed)) / total;
  return (
    <section className={card.card} aria-labelledby="reembedding">
      <h2 id="reembedding" className={classes.cardTitle}>
        {t("Embedding anew")}
      </h2>
      <Progress value={share} aria-label={t("Products embedded by the new encoder")} />
      <p className={classes.help}>
        {t("{done} of {total} products are embedded by {to}. Until all are, {from} finds them.", {
          done: formatCount(done),
          total: formatCount(total),
          to,
          from,
        })}{" "}
        {failed > 0 && t("{count} failed", { count: formatCount(failed) })}
      </p>
    </section>
  );
}

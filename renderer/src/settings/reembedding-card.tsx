import { Progress } from "@mantine/core";
import type { Health } from "../../../shared/contract/system.ts";
import { formatCount } from "../lib/format.ts";
import card from "./card.module.css";
import classes from "./settings-page.module.css";

/** How far the catalogue has been embedded by another encoder. */
export function ReembeddingCard({ reembedding }: { reembedding: NonNullable<Health["reembedding"]> }) {
  const { done, failed, total, from, to } = reembedding;
  const share = total === 0 ? 0 : (100 * (done + failed)) / total;
  return (
    <section className={card.card} aria-labelledby="reembedding">
      <h2 id="reembedding" className={classes.cardTitle}>
        Embedding anew
      </h2>
      <Progress value={share} aria-label="Products embedded by the new encoder" />
      <p className={classes.help}>
        {formatCount(done)} of {formatCount(total)} products
        {failed > 0 && `, ${formatCount(failed)} failed`} are embedded by {to}. Until all are, {from} finds them.
      </p>
    </section>
  );
}

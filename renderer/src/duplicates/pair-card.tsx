import { Button, Group } from "@mantine/core";
import { IconArrowMerge, IconEqualNot, IconVersions } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Likeness } from "../../../shared/contract/duplicates.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatPrice } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./duplicates.module.css";
import { evidenceWords } from "./evidence-words.ts";
import { PairPictures } from "./pair-pictures.tsx";
import { markDistinct, markVariants, mergeInto } from "./use-decisions.tsx";

/** Two products that may be one: what speaks for it, and what to do about it. */
export function PairCard({ pair }: { pair: Likeness }) {
  const [busy, setBusy] = useState(false);
  const [one, other] = pair.products;
  const doing = (work: () => Promise<void>) => () => {
    setBusy(true);
    void work().finally(() => setBusy(false));
  };
  return (
    <article
      className={classes.card}
      aria-label={t("{one} and {other}", { one: one.name, other: other.name })}
      aria-busy={busy}
    >
      <PairPictures pair={pair} />
      <div className={classes.body}>
        <div className={classes.sides}>
          {pair.products.map((product) => (
            <div key={product.sku} className={classes.side}>
              <Link href={`/catalogue?product=${encodeURIComponent(product.sku)}`} className={classes.name ?? ""}>
                {product.name}
              </Link>
              <span className={classes.detail}>
                {[product.sku, product.brand, product.category].filter((part) => part !== "").join(" · ")}
              </span>
              <span className={classes.detail}>{formatPrice(product.price, product.currency)}</span>
            </div>
          ))}
        </div>
        <ul className={classes.evidence}>
          {evidenceWords(pair).map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <Group gap={6}>
          {(
            [
              [t("Keep the left one"), one, other],
              [t("Keep the right one"), other, one],
            ] as const
          ).map(([label, kept, gone]) => (
            <Confirm
              key={label}
              compact
              label={label}
              ariaLabel={t("Keep {kept}, merge {gone} into it", { kept: kept.name, gone: gone.name })}
              icon={IconArrowMerge}
              disabled={busy}
              title={t("Merge {gone} into {kept}?", { kept: kept.name, gone: gone.name })}
              confirm={t("Merge")}
              keep={t("Keep both")}
              onConfirm={doing(() => mergeInto(kept, gone))}
            >
              {t(
                "{kept} gets the pictures of {gone} and what it lacks of its fields; {gone} is deleted. This can be undone.",
                { kept: kept.sku, gone: gone.sku },
              )}
            </Confirm>
          ))}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconVersions size={14} stroke={1.8} />}
            disabled={busy}
            onClick={doing(() => markVariants(pair.products))}
          >
            {t("Variants")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconEqualNot size={14} stroke={1.8} />}
            disabled={busy}
            onClick={doing(() => markDistinct(pair.products))}
          >
            {t("Not the same")}
          </Button>
        </Group>
      </div>
    </article>
  );
}

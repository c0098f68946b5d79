import { Button, Group } from "@mantine/core";
import { IconArrowMerge, IconEqualNot, IconVersions } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Likeness } from "../../../shared/contract/duplicates.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatPrice } from "../lib/format.ts";
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
    <article className={classes.card} aria-label={`${one.name} and ${other.name}`} aria-busy={busy}>
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
              ["Keep the left one", one, other],
              ["Keep the right one", other, one],
            ] as const
          ).map(([label, kept, gone]) => (
            <Confirm
              key={label}
              compact
              label={label}
              ariaLabel={`Keep ${kept.name}, merge ${gone.name} into it`}
              icon={IconArrowMerge}
              disabled={busy}
              title={`Merge ${gone.name} into ${kept.name}?`}
              confirm="Merge"
              keep="Keep both"
              onConfirm={doing(() => mergeInto(kept, gone))}
            >
              {kept.sku} gets the pictures of {gone.sku} and what it lacks of its fields; {gone.sku} is deleted. This
              can be undone.
            </Confirm>
          ))}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconVersions size={14} stroke={1.8} />}
            disabled={busy}
            onClick={doing(() => markVariants(pair.products))}
          >
            Variants
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconEqualNot size={14} stroke={1.8} />}
            disabled={busy}
            onClick={doing(() => markDistinct(pair.products))}
          >
            Not the same
          </Button>
        </Group>
      </div>
    </article>
  );
}

import { Button, Skeleton } from "@mantine/core";
import { IconArrowLeft, IconCopy as IconCopies, IconCopyCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import classes from "./duplicates.module.css";
import { PairCard } from "./pair-card.tsx";

/** What may be the same as one product, looked for when the page is opened. */
export function DuplicatesOf({ sku }: { sku: string }) {
  const product = useQuery(api.catalog.get.queryOptions({ input: { sku } }));
  const pairs = useQuery(api.duplicates.of.queryOptions({ input: { sku } }));
  const name = product.data?.name ?? sku;
  return (
    <Page
      title={t("Duplicates of {name}", { name })}
      actions={
        <>
          <Button
            component={Link}
            href={`/catalogue?product=${encodeURIComponent(sku)}`}
            variant="default"
            leftSection={<IconArrowLeft size={16} stroke={1.7} />}
          >
            {t("To the product")}
          </Button>
          <Button
            component={Link}
            href="/catalogue/duplicates"
            variant="default"
            leftSection={<IconCopies size={16} stroke={1.7} />}
          >
            {t("Duplicates of all products")}
          </Button>
        </>
      }
    >
      {pairs.isError && <ProblemNote problem={toProblem(pairs.error)} onRetry={() => void pairs.refetch()} />}
      {pairs.isPending && (
        <div role="status" aria-label={t("Looking for duplicates…")}>
          <Skeleton height={220} />
        </div>
      )}
      {pairs.data?.length === 0 && (
        <EmptyState icon={IconCopyCheck} title={t("Nothing to decide")}>
          {t("No other product looks like this one, or all that do were decided.")}
        </EmptyState>
      )}
      {pairs.data !== undefined && pairs.data.length > 0 && (
        <section className={classes.list} aria-label={t("Products that may be the same")}>
          {pairs.data.map((pair) => (
            <PairCard key={pair.products.map((one) => one.sku).join(" ")} pair={pair} />
          ))}
        </section>
      )}
    </Page>
  );
}

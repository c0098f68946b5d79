import "../lib/zod-without-eval.ts";
import { Skeleton } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo } from "react";
import { useParams, useSearchParams } from "wouter";
import { changedParams, type ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { isFiltered, viewOf } from "./address.ts";
import { useBatches } from "./batch-store.ts";
import { ItemDetail } from "./item-detail.tsx";
import { ItemList } from "./item-list.tsx";
import classes from "./review.module.css";
import { ReviewActions } from "./review-actions.tsx";
import { ReviewFilters } from "./review-filters.tsx";
import { ReviewHead } from "./review-head.tsx";
import { useBatch } from "./use-batch.ts";
import { useOrder } from "./use-items.ts";

/** One batch: how far it is, its photos beside their best matches, and what a person says of each. */
export function ReviewPage() {
  const { id = "" } = useParams();
  return <Review key={id} id={id} />;
}

function Review({ id }: { id: string }) {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: ParamChanges) => setParams((now) => changedParams(now, changes), { replace: true }),
    [setParams],
  );
  const view = useMemo(() => viewOf(params), [params]);
  const batch = useBatch(id);
  const order = useOrder(id, view);
  const problem = useBatches((state) => state.problem);
  const items = useMemo(() => order.data?.items ?? [], [order.data]);
  const [first] = items;
  const chosen = view.item ?? first ?? null;

  // What went wrong elsewhere is not told here.
  useEffect(() => () => useBatches.setState({ problem: null }), []);

  if (batch.isError && batch.data === undefined) {
    return (
      <Page title={t("Batch")}>
        <ProblemNote problem={toProblem(batch.error)} onRetry={() => void batch.refetch()} />
      </Page>
    );
  }
  if (batch.data === undefined) {
    return (
      <Page title={t("Batch")}>
        <Skeleton height={320} role="status" aria-label={t("Loading the batch")} />
      </Page>
    );
  }
  const open = (item: number) => change({ item: String(item) });
  return (
    <Page title={batch.data.name} actions={<ReviewActions batch={batch.data} />}>
      <ReviewHead batch={batch.data} />
      {problem !== null && <ProblemNote problem={problem} />}
      <ReviewFilters batch={batch.data} view={view} items={items} onChange={change} />
      {items.length === 0 ? (
        <EmptyState icon={IconPhotoOff} title={isFiltered(view) ? t("No photo fits the filter") : t("No photos yet")}>
          {isFiltered(view)
            ? t("Take a filter off to see the others.")
            : t("They are listed here as soon as they are found.")}
        </EmptyState>
      ) : (
        <div className={classes.columns} data-look={view.look}>
          <ItemList batch={id} look={view.look} items={items} chosen={chosen} onOpen={open} />
          {chosen !== null && <ItemDetail key={id} batch={batch.data} item={chosen} items={items} onOpen={open} />}
        </div>
      )}
    </Page>
  );
}

import { ActionIcon, Button, SegmentedControl, Select, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconChecks, IconFilterOff, IconLayoutGrid, IconList, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type BatchSummary, batchSortSchema } from "../../../shared/contract/batch.ts";
import type { ParamChanges } from "../lib/address.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import { type BatchView, isFiltered, NO_FILTER, type Outcome, outcomeOf } from "./address.ts";
import { useBatches } from "./batch-store.ts";
import { decide } from "./decide.ts";
import { OUTCOME_LABEL, SORT_LABEL } from "./labels.ts";
import classes from "./review.module.css";

interface Props {
  batch: BatchSummary;
  view: BatchView;
  /** What the filter leaves. */
  items: readonly number[];
  onChange: (changes: ParamChanges) => void;
}

const OUTCOMES = Object.keys(OUTCOME_LABEL) as Outcome[];

/** Which photos are shown, in which order, and how. */
export function ReviewFilters({ batch, view, items, onChange }: Props) {
  const { id, verdicts, waiting, failed, skipped } = batch;
  const { filter, sort, look } = view;
  const [text, setText] = useState(filter.text ?? "");
  const search = useDebouncedCallback((q: string) => onChange({ q, item: undefined }), 250);
  const counts: Record<Outcome, number> = { ...verdicts, waiting, failed, skipped };
  const products = useQuery(api.batch.products.queryOptions({ input: { id } }));
  const of = products.data?.find(({ product }) => product.sku === filter.sku);
  const show = (changes: ParamChanges) => onChange({ ...changes, item: undefined });

  return (
    <search className={classes.filters} aria-label={t("Filter the photos")}>
      <TextInput
        size="xs"
        w={160}
        aria-label={t("File, SKU or name")}
        placeholder={t("File, SKU or name")}
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          search(value);
        }}
      />
      <Select
        size="xs"
        w={165}
        clearable
        aria-label={t("Answer")}
        placeholder={t("Every answer")}
        value={outcomeOf(filter)}
        data={OUTCOMES.map((value) => ({ value, label: `${t(OUTCOME_LABEL[value])} (${formatCount(counts[value])})` }))}
        onChange={(outcome) => show({ outcome: outcome ?? undefined })}
      />
      <Select
        size="xs"
        w={130}
        clearable
        aria-label={t("Decision")}
        placeholder={t("Decided or not")}
        value={filter.decision ?? null}
        data={[
          { value: "open", label: t("Not decided") },
          { value: "decided", label: t("Decided") },
          { value: "right", label: t("Accepted") },
          { value: "this", label: t("Corrected") },
          { value: "absent", label: t("Rejected") },
        ]}
        onChange={(decision) => show({ decision: decision ?? undefined })}
      />
      <Select
        size="xs"
        w={165}
        clearable
        searchable
        aria-label={t("Product")}
        placeholder={t("Every product")}
        value={filter.sku ?? null}
        data={(products.data ?? []).map(({ product, items: count }) => ({
          value: product.sku,
          label: `${product.name} (${formatCount(count)})`,
        }))}
        onChange={(sku) => show({ sku: sku ?? undefined })}
      />
      <Select
        size="xs"
        w={145}
        allowDeselect={false}
        aria-label={t("Order")}
        value={sort}
        data={batchSortSchema.options.map((value) => ({ value, label: t(SORT_LABEL[value]) }))}
        onChange={(next) => onChange({ sort: next ?? undefined })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("Look")}
        value={look}
        data={[
          { value: "list", label: <Icon icon={IconList} name={t("List")} /> },
          { value: "wall", label: <Icon icon={IconLayoutGrid} name={t("Wall")} /> },
        ]}
        onChange={(next) => onChange({ look: next })}
      />
      {isFiltered(view) && (
        <Tooltip label={t("Take all filters off")}>
          <ActionIcon
            variant="subtle"
            color="slate"
            size={30}
            aria-label={t("Take all filters off")}
            onClick={() => {
              setText("");
              show(NO_FILTER);
            }}
          >
            <IconFilterOff size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
      {of !== undefined && of.open > 1 && <AcceptAll batch={id} items={items} open={of.open} />}
    </search>
  );
}

/** Of one product: what is alike is often right alike. */
function AcceptAll({ batch, items, open }: { batch: string; items: readonly number[]; open: number }) {
  const deciding = useBatches((state) => state.deciding);
  const order = useQuery(api.batch.order.queryOptions({ input: { id: batch, decision: "open" }, enabled: false }));
  const accept = async () => {
    const undecided = new Set((await order.refetch()).data?.items ?? []);
    const wanted = items.filter((item) => undecided.has(item));
    if (wanted.length > 0) await decide(batch, wanted, "right");
  };
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<IconChecks size={15} />}
      loading={deciding}
      onClick={() => void accept()}
    >
      {t("Accept all {open} of this product", { open })}
    </Button>
  );
}

function Icon({ icon: Shown, name }: { icon: typeof IconList; name: string }) {
  return (
    <span className={classes.lookIcon} title={name}>
      <Shown size={15} stroke={1.7} role="img" aria-label={name} />
    </span>
  );
}

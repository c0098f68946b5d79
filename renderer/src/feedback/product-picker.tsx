import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";

/** Any product of the catalogue, found by typing. */
export function ProductPicker({ onPick }: { onPick: (sku: string) => void }) {
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed.trim(), 200);
  const { data } = useQuery(
    api.catalog.list.queryOptions({
      input: { pageSize: 20, ...(text === "" ? {} : { text, sort: "relevance" as const }) },
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <Select
      size="xs"
      w={210}
      aria-label={t("The product that it is")}
      placeholder={t("It is…")}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // The catalogue has searched already.
      filter={({ options }) => options}
      data={(data?.items ?? []).map((product) => ({ value: product.sku, label: `${product.name} (${product.sku})` }))}
      nothingFoundMessage={t("No such product")}
      onChange={(sku) => sku !== null && onPick(sku)}
    />
  );
}

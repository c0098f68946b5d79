import { Modal, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import classes from "./item-detail.module.css";

interface Props {
  opened: boolean;
  onClose: () => void;
  onPick: (sku: string) => void;
}

/** Any product of the catalogue, found by typing. */
export function ProductSearch({ opened, onClose, onPick }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("Which product is it?")}
      // What is typed at once is to arrive in the field.
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <Search onPick={onPick} />
    </Modal>
  );
}

function Search({ onPick }: Pick<Props, "onPick">) {
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed.trim(), 150);
  const { data } = useQuery(
    api.catalog.list.queryOptions({
      input: { pageSize: 20, ...(text === "" ? {} : { text, sort: "relevance" as const }) },
      placeholderData: keepPreviousData,
    }),
  );
  const products = new Map((data?.items ?? []).map((product) => [product.sku, product]));
  return (
    <Select
      data-autofocus
      aria-label={t("Product")}
      placeholder={t("SKU, name, brand, barcode")}
      searchable
      selectFirstOptionOnChange
      maxDropdownHeight={320}
      searchValue={typed}
      onSearchChange={setTyped}
      // The catalogue has searched already.
      filter={({ options }) => options}
      data={[...products.values()].map(({ sku, name }) => ({ value: sku, label: `${name} (${sku})` }))}
      renderOption={({ option }) => (
        <span className={classes.found}>
          <Thumbnail hash={products.get(option.value)?.pictures[0]?.hash ?? null} size={32} />
          <span>{option.label}</span>
        </span>
      )}
      nothingFoundMessage={t("No such product")}
      onChange={(sku) => sku !== null && onPick(sku)}
    />
  );
}

import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
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
  const { data, isPlaceholderData } = useQuery(
    api.catalog.list.queryOptions({
      input: { pageSize: 20, ...(text === "" ? {} : { text, sort: "relevance" as const }) },
      placeholderData: keepPreviousData,
    }),
  );
  const products = data?.items ?? [];
  const first = products[0]?.sku;
  const settled = data !== undefined && !isPlaceholderData && text === typed.trim();
  const [entered, setEntered] = useState(false);
  const list = useCombobox({ defaultOpened: true });
  const { selectFirstOption } = list;
  useEffect(() => {
    if (settled && first !== undefined && typed !== "") selectFirstOption();
  }, [settled, first, typed, selectFirstOption]);
  // Struck before the answer was there: meant is what it finds.
  useEffect(() => {
    if (!entered || !settled) return;
    setEntered(false);
    if (first !== undefined) onPick(first);
  }, [entered, settled, first, onPick]);
  return (
    <Combobox store={list} onOptionSubmit={onPick}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          data-autofocus
          aria-label={t("Product")}
          placeholder={t("SKU, name, brand, barcode")}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setEntered(false);
            // What is listed still answers what was typed before.
            list.resetSelectedOption();
            list.openDropdown();
          }}
          onKeyDown={({ key }) => {
            if (key === "Enter" && !settled && list.getSelectedOptionIndex() === -1) setEntered(true);
          }}
          onFocus={() => list.openDropdown()}
          onClick={() => list.openDropdown()}
          onBlur={() => list.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={data === undefined}>
        <Combobox.Options mah={320} style={{ overflowY: "auto" }}>
          {products.map(({ sku, name, pictures }) => (
            <Combobox.Option key={sku} value={sku}>
              <span className={classes.found}>
                <Thumbnail hash={pictures[0]?.hash ?? null} size={32} />
                <span>
                  {name} ({sku})
                </span>
              </span>
            </Combobox.Option>
          ))}
          {settled && first === undefined && <Combobox.Empty>{t("No such product")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { t } from "../lib/i18n/i18n.ts";

interface Props {
  value: string;
  onSearch: (text: string) => void;
}

/** Two keys that are struck together make one search. */
const TOGETHER_MS = 15;

/** Searches as one types; the address follows a moment later. */
export function SearchBox({ value, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((text: string) => {
    told.current = text;
    onSearch(text);
  }, TOGETHER_MS);
  useHotkeys([["/", () => input.current?.focus()]]);
  useEffect(() => {
    // Changed from elsewhere: the back button, or filters that were cleared.
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);

  const change = (text: string) => {
    setTyped(text);
    tell(text);
  };
  return (
    <TextInput
      ref={input}
      w={260}
      type="search"
      aria-label={t("Search the catalogue")}
      placeholder={t("Name, SKU, brand, barcode…")}
      leftSection={<IconSearch size={16} stroke={1.7} />}
      rightSection={typed === "" ? null : <CloseButton size="sm" aria-label={t("Clear")} onClick={() => change("")} />}
      value={typed}
      maxLength={500}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

interface Props {
  value: string;
  onSearch: (text: string) => void;
}

/** Searches as one types; the address follows a moment later. */
export function SearchBox({ value, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((text: string) => {
    told.current = text;
    onSearch(text);
  }, 180);
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
      w={280}
      type="search"
      aria-label="Search the catalogue"
      placeholder="Name, SKU, brand, barcode…"
      leftSection={<IconSearch size={16} stroke={1.7} />}
      rightSection={typed === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => change("")} />}
      value={typed}
      maxLength={500}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

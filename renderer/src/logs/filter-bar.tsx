import { CloseButton, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { ParamChanges } from "../lib/address.ts";
import type { LogFilters } from "./filters.ts";

interface Props {
  filters: LogFilters;
  components: readonly string[];
  onChange: (changes: ParamChanges) => void;
}

const LEVELS = [
  { value: "debug", label: "Debug and above" },
  { value: "info", label: "Info and above" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
];

const SPAN_LABELS = [
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last day" },
  { value: "7d", label: "Last week" },
];

export function FilterBar({ filters, components, onChange }: Props) {
  const search = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => search.current?.focus()]]);
  const names = [...new Set([...components, ...(filters.component === null ? [] : [filters.component])])];
  return (
    <>
      <TypedFilter
        inputRef={search}
        label="Search the journal"
        placeholder="Words in the message"
        width={176}
        value={filters.text}
        onTyped={(text) => onChange({ text })}
      />
      <Select
        w={136}
        aria-label="Level"
        placeholder="Any level"
        clearable
        data={LEVELS}
        value={filters.level}
        onChange={(level) => onChange({ level: level ?? undefined })}
      />
      <Select
        w={152}
        aria-label="Component"
        placeholder="Any component"
        clearable
        data={names}
        value={filters.component}
        onChange={(component) => onChange({ component: component ?? undefined })}
      />
      <Select
        w={136}
        aria-label="Time"
        placeholder="Any time"
        clearable
        data={SPAN_LABELS}
        value={filters.span}
        onChange={(span) => onChange({ span: span ?? undefined })}
      />
      <TypedFilter
        label="Run"
        placeholder="Run"
        width={104}
        value={filters.runId ?? ""}
        onTyped={(run) => onChange({ run })}
      />
    </>
  );
}

interface TypedProps {
  inputRef?: React.RefObject<HTMLInputElement | null>;
  label: string;
  placeholder: string;
  width: number;
  value: string;
  onTyped: (text: string) => void;
}

function TypedFilter({ inputRef, label, placeholder, width, value, onTyped }: TypedProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const tell = useDebouncedCallback((text: string) => {
    setKnown(text.trim());
    onTyped(text.trim());
  }, 200);
  if (value !== known) {
    // Changed from elsewhere: a link to a run's lines, or the back button.
    setKnown(value);
    setTyped(value);
  }
  const change = (text: string) => {
    setTyped(text);
    tell(text);
  };
  return (
    <TextInput
      {...(inputRef === undefined ? {} : { ref: inputRef })}
      w={width}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} stroke={1.7} />}
      rightSection={typed === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => change("")} />}
      value={typed}
      maxLength={500}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

import { Button, CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconFilterOff, IconSearch } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { type JournalOverview, type Level, levelSchema } from "../../../shared/contract/journal.ts";
import type { ParamChanges } from "../lib/address.ts";
import { t } from "../lib/i18n/i18n.ts";
import { FacetSelect } from "./facet-select.tsx";
import { isFiltered, type LogFilters, NO_FILTERS } from "./filters.ts";
import { LEVEL_WORDS } from "./level-words.ts";
import { TimeFilter } from "./time-filter.tsx";

interface Props {
  filters: LogFilters;
  jump: string | null;
  /** All that have lines. */
  components: readonly string[];
  overview: JournalOverview | undefined;
  onChange: (changes: ParamChanges) => void;
}

/** The gravest first. */
const LEVELS: readonly Level[] = [...levelSchema.options].reverse();

export function FilterBar({ filters, jump, components, overview, onChange }: Props) {
  const search = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => search.current?.focus()]]);
  const counts = new Map(overview?.components.map(({ name, count }) => [name, count]));
  const names = [...new Set([...components, ...filters.components])].sort();
  return (
    <>
      <TypedFilter
        inputRef={search}
        label={t("Search the journal")}
        placeholder={t("Words in the message")}
        width={184}
        value={filters.text}
        onTyped={(text) => onChange({ text })}
      />
      <FacetSelect
        label={t("Level")}
        placeholder={t("Any level")}
        width={132}
        options={LEVELS.map((level) => ({
          value: level,
          label: t(LEVEL_WORDS[level]),
          count: overview?.levels[level],
        }))}
        chosen={filters.levels}
        onChange={(level) => onChange({ level })}
      />
      <FacetSelect
        label={t("Component")}
        placeholder={t("Any component")}
        width={146}
        options={names.map((name) => ({
          value: name,
          label: name,
          count: overview === undefined ? undefined : (counts.get(name) ?? 0),
        }))}
        chosen={filters.components}
        onChange={(component) => onChange({ component })}
      />
      <TimeFilter filters={filters} jump={jump} onChange={onChange} />
      <TypedFilter
        label={t("Run")}
        placeholder={t("Run")}
        width={104}
        value={filters.runId ?? ""}
        onTyped={(run) => onChange({ run })}
      />
      {filters.problem !== null && (
        <Button
          variant="light"
          size="compact-sm"
          rightSection={<CloseButton component="span" size="xs" aria-hidden />}
          onClick={() => onChange({ problem: undefined })}
        >
          {t("Lines of one problem")}
        </Button>
      )}
      {(isFiltered(filters) || jump !== null) && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconFilterOff size={14} />}
          onClick={() => onChange(NO_FILTERS)}
        >
          {t("Clear filters")}
        </Button>
      )}
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
      rightSection={typed === "" ? null : <CloseButton size="sm" aria-label={t("Clear")} onClick={() => change("")} />}
      value={typed}
      maxLength={500}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

import { Button, Checkbox, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import type { IndexState } from "../../../shared/contract/domain.ts";
import type { ParamChanges } from "../lib/address.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { STATES } from "./index-state.tsx";

type Facet = ProductPage["facets"]["category"];

interface Props {
  facets: ProductPage["facets"] | undefined;
  query: ProductQuery;
  onChange: (changes: ParamChanges) => void;
}

export function Filters({ facets, query, onChange }: Props) {
  const state = query.indexState === undefined ? [] : [query.indexState];
  return (
    <>
      <FacetFilter
        label={t("Category")}
        facet={facets?.category}
        chosen={query.category ?? []}
        onChange={(category) => onChange({ category })}
      />
      <FacetFilter
        label={t("Brand")}
        facet={facets?.brand}
        chosen={query.brand ?? []}
        onChange={(brand) => onChange({ brand })}
      />
      <FacetFilter
        label={t("State")}
        facet={facets?.indexState}
        chosen={state}
        words={(value) => (value in STATES ? t(STATES[value as IndexState].label) : value)}
        onChange={(states) => onChange({ indexState: states.at(-1) })}
      />
      <Button
        variant={query.confirmed === true ? "light" : "default"}
        aria-pressed={query.confirmed === true}
        title={t("Products with photos whose answers were confirmed")}
        onClick={() => onChange({ confirmed: query.confirmed === true ? undefined : "true" })}
      >
        {t("Confirmed photos")}
      </Button>
    </>
  );
}

interface FacetProps {
  /** How a value is said; left out, as it is. */
  words?: (value: string) => string;
  label: string;
  facet: Facet | undefined;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function FacetFilter({ label, facet, chosen, words = (value) => value, onChange }: FacetProps) {
  // What is chosen stays to be unchosen, also where nothing has it any more.
  const known = facet?.filter((one) => one.value !== "") ?? [];
  const gone = chosen.filter((value) => !known.some((one) => one.value === value));
  const rows = [...known, ...gone.map((value) => ({ value, count: 0 }))];
  return (
    <Popover position="bottom-start" width={260} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant={chosen.length > 0 ? "light" : "default"}
          rightSection={<IconChevronDown size={14} />}
          disabled={rows.length === 0}
        >
          {label}
          {chosen.length === 1 && `: ${words(chosen[0] ?? "")}`}
          {chosen.length > 1 && ` (${chosen.length})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ScrollArea.Autosize mah={320} type="auto">
          <Checkbox.Group value={[...chosen]} onChange={onChange} aria-label={label}>
            <Stack gap={2} p={4}>
              {rows.map((one) => (
                <Checkbox
                  key={one.value}
                  value={one.value}
                  size="sm"
                  py={3}
                  label={
                    <>
                      {words(one.value)}{" "}
                      <Text span size="xs" c="dimmed">
                        {formatCount(one.count)}
                      </Text>
                    </>
                  }
                />
              ))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
        {chosen.length > 0 && (
          <Button fullWidth mt={4} size="compact-sm" variant="subtle" color="slate" onClick={() => onChange([])}>
            {t("Clear")}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

import { Button, Checkbox, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ProductPage, ProductQuery } from "../../../shared/contract/catalog.ts";
import type { ParamChanges } from "../lib/address.ts";
import { formatCount } from "../lib/format.ts";

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
        label="Category"
        facet={facets?.category}
        chosen={query.category ?? []}
        onChange={(category) => onChange({ category })}
      />
      <FacetFilter
        label="Brand"
        facet={facets?.brand}
        chosen={query.brand ?? []}
        onChange={(brand) => onChange({ brand })}
      />
      <FacetFilter
        label="State"
        facet={facets?.indexState}
        chosen={state}
        onChange={(states) => onChange({ indexState: states.at(-1) })}
      />
      <Button
        variant={query.confirmed === true ? "light" : "default"}
        aria-pressed={query.confirmed === true}
        title="Products with photos whose answers were confirmed"
        onClick={() => onChange({ confirmed: query.confirmed === true ? undefined : "true" })}
      >
        Confirmed photos
      </Button>
    </>
  );
}

interface FacetProps {
  label: string;
  facet: Facet | undefined;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function FacetFilter({ label, facet, chosen, onChange }: FacetProps) {
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
          {chosen.length === 1 && `: ${chosen[0]}`}
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
                      {one.value}{" "}
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
            Clear
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

import { Group, Select, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ImportPreview, MappedColumn } from "../../../shared/contract/imports.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./columns-table.module.css";
import { FIELDS } from "./fields.ts";

const ATTRIBUTE = "attribute:";
type PreviewColumn = ImportPreview["columns"][number];

interface Props {
  columns: readonly PreviewColumn[];
  onChange: (columns: MappedColumn[]) => void;
}

/** A row for each column of the table: its first cells, and what it becomes. */
export function ColumnsTable({ columns, onChange }: Props) {
  const change = (changed: string, target: string) =>
    onChange(
      columns.map(({ column, target: before }) => {
        if (column === changed) return { column, target };
        // A field is filled by one column; pictures may come from several.
        const taken = before === target && target !== "ignore" && target !== "images" && !target.startsWith(ATTRIBUTE);
        return { column, target: taken ? `${ATTRIBUTE}${column}` : before };
      }),
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it.
    <section className={classes.scroll} tabIndex={0} aria-label={t("Columns")}>
      <Table stickyHeader fz="sm" verticalSpacing={4} aria-label={t("Columns of the table")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("Column")}</Table.Th>
            <Table.Th>{t("First cells")}</Table.Th>
            <Table.Th className={classes.target ?? ""}>{t("Becomes")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <ColumnRow key={column.column} column={column} onChange={(target) => change(column.column, target)} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function ColumnRow({ column, onChange }: { column: PreviewColumn; onChange: (target: string) => void }) {
  const { column: heading, target, samples } = column;
  const isAttribute = target.startsWith(ATTRIBUTE);
  return (
    <Table.Tr data-quiet={target === "ignore" || undefined} className={classes.row ?? ""}>
      <Table.Td fw={600} className={classes.heading ?? ""}>
        {heading}
      </Table.Td>
      <Table.Td>
        <Text size="sm" truncate className={classes.samples ?? ""} title={samples.join(" · ")}>
          {samples.length === 0 ? "–" : samples.join(" · ")}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <Select
            size="xs"
            w={190}
            aria-label={t("What {column} becomes", { column: heading })}
            allowDeselect={false}
            searchable
            comboboxProps={{ withinPortal: true }}
            data={[
              ...FIELDS.map(([value, label]) => ({ value, label: t(label) })),
              { value: ATTRIBUTE, label: t("An attribute") },
              { value: "ignore", label: t("Ignored") },
            ]}
            value={isAttribute ? ATTRIBUTE : target}
            onChange={(value) => {
              if (value !== null) onChange(value === ATTRIBUTE ? `${ATTRIBUTE}${heading}` : value);
            }}
          />
          {isAttribute && <AttributeName heading={heading} name={target.slice(ATTRIBUTE.length)} onChange={onChange} />}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** Taken when it is left: each letter would have the table read anew. */
function AttributeName(props: { heading: string; name: string; onChange: (target: string) => void }) {
  const [name, setName] = useState(props.name);
  const keep = () => {
    const wanted = name.trim() === "" ? props.heading : name.trim();
    setName(wanted);
    if (wanted !== props.name) props.onChange(`${ATTRIBUTE}${wanted}`);
  };
  return (
    <TextInput
      size="xs"
      maxLength={200}
      aria-label={t("Name of the attribute for {column}", { column: props.heading })}
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
      }}
    />
  );
}

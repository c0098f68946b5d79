import { Button, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BadImportRow } from "../../../shared/contract/imports.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./bad-rows.module.css";
import { rowProblemText } from "./row-problem.ts";

interface Props {
  row: BadImportRow;
  edits: Readonly<Record<string, string>>;
  onEdit: (column: string, text: string) => void;
}

/** What is wrong with a row, and the cells that it is wrong in; the others on demand. */
export function BadRow({ row, edits, onEdit }: Props) {
  const { line, cells, problems, suspects } = row;
  const [all, setAll] = useState(false);
  const columns = cells === null ? [] : Object.keys(cells);
  const shown = all || suspects.length === 0 ? columns : suspects;
  const where = [...new Set(problems.flatMap(({ column }) => column ?? []))];
  return (
    <Table.Tr>
      <Table.Td className={classes.top ?? ""}>{line ?? "–"}</Table.Td>
      <Table.Td className={classes.where ?? ""}>{where.length === 0 ? "–" : where.join(", ")}</Table.Td>
      <Table.Td className={classes.top ?? ""}>
        {problems.map((problem, at) => (
          <div key={at}>
            {rowProblemText(problem)} <code className={classes.code}>{problem.code}</code>
          </div>
        ))}
      </Table.Td>
      <Table.Td className={classes.top ?? ""}>
        {cells === null ? (
          <Text size="xs" c="dimmed">
            {t("Correct it in the file and import that again, or run the row again as it is.")}
          </Text>
        ) : (
          <div className={classes.cells}>
            {shown.map((column) => (
              <TextInput
                key={column}
                size="xs"
                label={column}
                aria-label={line === null ? column : t("{column}, line {line}", { column, line: String(line) })}
                value={edits[column] ?? cells[column] ?? ""}
                onChange={(event) => onEdit(column, event.currentTarget.value)}
              />
            ))}
            {shown.length < columns.length && (
              <Button size="compact-xs" variant="subtle" className={classes.more ?? ""} onClick={() => setAll(true)}>
                {t("{count, plural, one {One more cell} other {# more cells}}", {
                  count: columns.length - shown.length,
                })}
              </Button>
            )}
          </div>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

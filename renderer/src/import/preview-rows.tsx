import { Table, Text } from "@mantine/core";
import type { ImportPreview } from "../../../shared/contract/imports.ts";
import { t } from "../lib/i18n/i18n.ts";
import { fieldLabel } from "./fields.ts";
import classes from "./preview-rows.module.css";
import { rowProblemText } from "./row-problem.ts";

const FIRST = ["name", "category", "price", "currency", "brand", "barcode"];

/** The first rows as products: what is wrong with one stands in its place. */
export function PreviewRows({ preview, reading }: { preview: ImportPreview; reading: boolean }) {
  const { rows } = preview;
  const present = new Set(rows.flatMap(({ fields }) => Object.keys(fields)));
  const names = [...FIRST.filter((name) => present.has(name)), ...[...present].filter((name) => !FIRST.includes(name))];
  return (
    <div>
      <Text fw={600} size="sm" mb={4}>
        {t("So the first rows are read")}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
      <section className={classes.scroll} tabIndex={0} aria-label={t("First rows")} aria-busy={reading}>
        <Table fz="xs" verticalSpacing={4} aria-label={t("First rows")} className={classes.table ?? ""}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("Line")}</Table.Th>
              <Table.Th>{t("SKU")}</Table.Th>
              {names.map((name) => {
                const label = fieldLabel(name);
                return <Table.Th key={name}>{label === null ? name.replace(/^attribute:/, "") : t(label)}</Table.Th>;
              })}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, at) => (
              <Table.Tr key={at}>
                <Table.Td>{row.line ?? "–"}</Table.Td>
                {row.sku === "" ? (
                  <Table.Td colSpan={names.length + 1} className={classes.bad ?? ""}>
                    {row.problems.slice(0, 1).map(rowProblemText)}
                  </Table.Td>
                ) : (
                  <>
                    <Table.Td>{row.sku}</Table.Td>
                    {names.map((name) => (
                      <Table.Td key={name} className={classes.cell ?? ""}>
                        {row.fields[name] ?? ""}
                      </Table.Td>
                    ))}
                  </>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </div>
  );
}

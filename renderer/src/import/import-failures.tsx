import { Table, Text } from "@mantine/core";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { formatCount } from "../lib/format.ts";
import classes from "./import-failures.module.css";

export function ImportFailures({ progress }: { progress: ImportProgress }) {
  const { failed, failedCount } = progress;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
      <section className={classes.failures} tabIndex={0} aria-label="What failed">
        <Table stickyHeader fz="sm" verticalSpacing={5} aria-label="Failed rows">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Line</Table.Th>
              <Table.Th>Where</Table.Th>
              <Table.Th>What is wrong</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {failed.map((failure, index) => (
              <Table.Tr key={index}>
                <Table.Td>{failure.line ?? "–"}</Table.Td>
                <Table.Td className={classes.where ?? ""}>{failure.column ?? "–"}</Table.Td>
                <Table.Td>
                  {failure.message} <code className={classes.code}>{failure.code}</code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      {failedCount > failed.length && (
        <Text size="xs" c="dimmed">
          The first {formatCount(failed.length)} of {formatCount(failedCount)} are shown.
        </Text>
      )}
    </>
  );
}

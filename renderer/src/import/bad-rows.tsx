import { Button, Group, Pagination, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { BadRow } from "./bad-row.tsx";
import classes from "./bad-rows.module.css";
import { retryRows } from "./import-run.ts";

const PAGE_SIZE = 25;

/** Rows with a problem, corrected in their place and run once more. */
export function BadRows({ progress }: { progress: ImportProgress }) {
  const { importId, state } = progress;
  const [page, setPage] = useState(1);
  const [edits, setEdits] = useState<ReadonlyMap<number, Record<string, string>>>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const input = { importId, page, pageSize: PAGE_SIZE };
  const rows = useQuery(api.imports.badRows.queryOptions({ input, placeholderData: keepPreviousData }));
  const total = rows.data?.total ?? progress.badRows;
  const canRetry = state === "done";

  const edit = (row: number, column: string, text: string) =>
    setEdits((now) => new Map(now).set(row, { ...now.get(row), [column]: text }));
  const retry = (asked: { row: number; cells: Record<string, string> }[] | undefined) => {
    setEdits(new Map());
    setPage(1);
    void retryRows(asked);
  };

  return (
    <>
      {rows.error !== null && <ProblemNote problem={toProblem(rows.error)} onRetry={() => void rows.refetch()} />}
      {problem !== null && <ProblemNote problem={problem} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
      <section className={classes.scroll} tabIndex={0} aria-label={t("Rows with a problem")}>
        <Table stickyHeader fz="sm" verticalSpacing={6} aria-label={t("Rows with a problem")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={64}>{t("Line")}</Table.Th>
              <Table.Th w={110}>{t("Where")}</Table.Th>
              <Table.Th>{t("What is wrong")}</Table.Th>
              <Table.Th w="42%">{t("Correct it here")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(rows.data?.items ?? []).map((row) => (
              <BadRow
                key={row.row}
                row={row}
                edits={edits.get(row.row) ?? {}}
                onEdit={(column, text) => edit(row.row, column, text)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <Group justify="space-between">
        <Group gap="xs">
          {total > PAGE_SIZE && (
            <Pagination
              size="sm"
              total={Math.ceil(total / PAGE_SIZE)}
              value={page}
              onChange={setPage}
              getControlProps={(control) => ({
                "aria-label": control === "previous" ? t("Previous page") : t("Next page"),
              })}
            />
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => void download(importId, setProblem)}
          >
            {t("These rows as CSV")}
          </Button>
        </Group>
        {canRetry && (
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => retry(undefined)}>
              {t("Run all {count} again", { count: total })}
            </Button>
            <Button
              size="compact-sm"
              disabled={edits.size === 0}
              onClick={() => retry([...edits].map(([row, cells]) => ({ row, cells })))}
            >
              {t("{count, plural, =0 {Run corrected rows} one {Run # corrected row} other {Run # corrected rows}}", {
                count: edits.size,
              })}
            </Button>
          </Group>
        )}
      </Group>
      {!canRetry && (
        <Text size="xs" c="dimmed">
          {t("Rows can be corrected once the import is through.")}
        </Text>
      )}
    </>
  );
}

async function download(importId: string, onProblem: (problem: Problem | null) => void): Promise<void> {
  try {
    const file = await client.imports.badRowsFile({ importId });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(link.href);
    onProblem(null);
  } catch (error) {
    onProblem(toProblem(error));
  }
}

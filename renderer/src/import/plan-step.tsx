import { Button, Group, Loader, Pagination, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportProgress, PlanCounts, PlanKind, PlannedRow } from "../../../shared/contract/imports.ts";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { errorText, toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { fieldLabel } from "./fields.ts";
import dialog from "./import-dialog.module.css";
import { backToColumns, cancelImport, startImport } from "./import-run.ts";
import { isOver, progressLine } from "./import-state.ts";
import classes from "./plan-step.module.css";
import { rowProblemText } from "./row-problem.ts";

const PAGE_SIZE = 50;

/** What an import would change, found out without a write. */
export function PlanStep({ progress }: { progress: ImportProgress }) {
  const { plan, error } = progress;
  if (!isOver(progress)) {
    return (
      <Stack gap="sm">
        <Group gap="xs">
          <Loader size={16} aria-hidden />
          <Text role="status">{t("Comparing with the catalogue: {line}", { line: progressLine(progress) })}</Text>
        </Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => void cancelImport()}>
            {t("Cancel")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      {plan !== null && <Planned importId={progress.importId} plan={plan} />}
      {error !== null && (
        <Text role="alert">
          {errorText(error)} <code>{error.code}</code>
        </Text>
      )}
      <Group justify="space-between" className={dialog.footer ?? ""}>
        <Button variant="subtle" onClick={() => void backToColumns()}>
          {t("Back to the columns")}
        </Button>
        <Button disabled={plan === null} onClick={() => void startImport()}>
          {t("Start the import")}
        </Button>
      </Group>
    </Stack>
  );
}

function Planned({ importId, plan }: { importId: string; plan: PlanCounts }) {
  const kinds = [
    ["added", t("New: {count}", { count: formatCount(plan.added) })],
    ["changed", t("Changed: {count}", { count: formatCount(plan.changed) })],
    ["unchanged", t("Unchanged: {count}", { count: formatCount(plan.unchanged) })],
    ["bad", t("Not good: {count}", { count: formatCount(plan.bad) })],
  ] as const;
  const [kind, setKind] = useState<PlanKind>(() => kinds.find(([one]) => plan[one] > 0)?.[0] ?? "added");
  const [page, setPage] = useState(1);
  const input = { importId, kind, page, pageSize: PAGE_SIZE };
  const rows = useQuery(api.imports.planned.queryOptions({ input, placeholderData: keepPreviousData }));
  const total = rows.data?.total ?? plan[kind];
  return (
    <>
      <Text>{t("Nothing was written. An import would do this:")}</Text>
      <SegmentedControl
        aria-label={t("What would happen")}
        value={kind}
        onChange={(value) => {
          setKind(value as PlanKind);
          setPage(1);
        }}
        data={kinds.map(([value, label]) => ({ value, label }))}
      />
      {plan.fromWeb > 0 && (
        <Text size="sm" c="dimmed">
          {t(
            "{count, plural, one {# picture} other {# pictures}} would be fetched from the web; a dry run fetches none.",
            {
              count: plan.fromWeb,
            },
          )}
        </Text>
      )}
      {rows.error !== null && <ProblemNote problem={toProblem(rows.error)} onRetry={() => void rows.refetch()} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
      <section className={classes.scroll} tabIndex={0} aria-label={t("Rows of the dry run")}>
        <Table stickyHeader fz="sm" verticalSpacing={5} aria-label={t("Rows of the dry run")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("Line")}</Table.Th>
              <Table.Th>{t("SKU")}</Table.Th>
              <Table.Th>{kind === "bad" ? t("What is wrong") : t("Product")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(rows.data?.items ?? []).map((row, at) => (
              <PlannedLine key={at} row={row} />
            ))}
          </Table.Tbody>
        </Table>
        {total === 0 && (
          <Text c="dimmed" ta="center" p="lg" size="sm">
            {t("None.")}
          </Text>
        )}
      </section>
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
    </>
  );
}

function PlannedLine({ row }: { row: PlannedRow }) {
  return (
    <Table.Tr>
      <Table.Td>{row.line ?? "–"}</Table.Td>
      <Table.Td className={classes.key ?? ""}>{row.sku}</Table.Td>
      <Table.Td>
        {row.kind !== "bad" && row.name}
        {row.problems.map((problem, at) => (
          <div key={at}>{rowProblemText(problem)}</div>
        ))}
        {row.kind === "changed" &&
          row.changes.map(({ field, from, to }) => {
            const label = fieldLabel(field);
            return (
              <div key={field} className={classes.change}>
                <span className={classes.field}>{label === null ? field.replace(/^attribute:/, "") : t(label)}</span>{" "}
                <del>{from === "" ? "–" : from}</del> → <ins>{to === "" ? "–" : to}</ins>
              </div>
            );
          })}
      </Table.Td>
    </Table.Tr>
  );
}

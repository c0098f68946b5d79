import { Select, Skeleton, Table, Text } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import type { EvaluationComparison, EvaluationReport, Figure } from "../../../shared/contract/evaluation-report.ts";
import {
  FIGURE_WORDS,
  formatDifference,
  formatInterval,
  formatValue,
  isSure,
} from "../../../shared/evaluation/words.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount, formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import classes from "./evaluate-page.module.css";
import { figureName, settingText, systemText } from "./report-words.ts";
import { runTitle } from "./words.ts";

interface Props {
  id: string;
  report: EvaluationReport;
  others: readonly EvaluationSummary[];
  /** `run:<id>` or `system:<id>`; null where nothing was chosen. */
  other: string | null;
  onChoose: (other: string | null) => void;
}

export function Comparison({ id, report, others, other, onChoose }: Props) {
  const several = report.settings.length > 1;
  const systems = report.systems.filter((system) => system.id !== report.deciding);
  const data = [
    {
      group: t("In this evaluation"),
      items: systems.map((system) => ({ value: `system:${system.id}`, label: systemText(system, several) })),
    },
    {
      group: t("Another evaluation"),
      items: others.map((run) => ({ value: `run:${run.id}`, label: `${runTitle(run)}, ${formatTime(run.time)}` })),
    },
  ].filter(({ items }) => items.length > 0);
  const chosen = other ?? (report.comparison === null ? null : `system:${report.comparison.b.system}`);
  const [kind, wanted] = chosen === null ? [null, ""] : (chosen.split(/:(.*)/s) as [string, string]);
  const comparison = useQuery({
    ...api.evaluate.compare.queryOptions({
      input: { id, ...(kind === "run" ? { with: wanted } : { withSystem: wanted }) },
    }),
    enabled: chosen !== null,
  });
  return (
    <div className={classes.stack}>
      <Select
        label={t("Compare the whole answer with")}
        placeholder={t("Choose a way of answering, or another evaluation")}
        data={data}
        value={chosen}
        onChange={onChoose}
        maw={480}
      />
      {chosen === null && (
        <EmptyState icon={IconScale} title={t("Nothing to compare with yet")}>
          {t(
            "Differences are worked out on the photos that both were asked, pair by pair: that tells small ones from chance that two separate figures could not.",
          )}
        </EmptyState>
      )}
      {comparison.isError && <ProblemNote problem={toProblem(comparison.error)} />}
      {comparison.isLoading && <Skeleton height={260} role="status" aria-label={t("Comparing")} />}
      {comparison.data !== undefined && (
        <Differences comparison={comparison.data} note={kind === "system" && several ? noteOf(report) : null} />
      )}
    </div>
  );
}

const noteOf = ({ settings: [a, b] }: EvaluationReport) =>
  t("First setting: {a}. Second setting: {b}.", { a: settingText(a ?? {}), b: settingText(b ?? {}) });

function Difference({ figure, less }: { figure: Figure; less: boolean }) {
  const sure = isSure(figure);
  const better = figure.value !== null && figure.value !== 0 && figure.value < 0 === less;
  const state = !sure ? "chance" : better ? "better" : "worse";
  return (
    <Table.Td className={classes.number ?? ""}>
      <span className={classes.difference} data-state={state}>
        {formatDifference(figure.value)}
      </span>
      <span className={classes.interval}>
        {formatInterval(figure)}
        {figure.interval === null ? "" : sure ? (better ? t(", better") : t(", worse")) : t(", may be chance")}
      </span>
    </Table.Td>
  );
}

function Differences({ comparison, note }: { comparison: EvaluationComparison; note: string | null }) {
  const { queries, left, gained, lost, figures, slices } = comparison;
  const known = figures.filter(({ a, b }) => a !== null && b !== null);
  return (
    <>
      <section className={classes.card}>
        <h3 className={classes.cardTitle}>
          {t("{count, plural, one {# photo} other {# photos}} that both were asked: {gained} gained, {lost} lost", {
            count: queries,
            gained: formatCount(gained),
            lost: formatCount(lost),
          })}
        </h3>
        <Text size="sm" c="dimmed">
          {note}
          {left > 0 &&
            ` ${t("{count, plural, one {# photo was} other {# photos were}} asked of one of them only, and left out.", { count: left })}`}
        </Text>
        <div className={classes.scroll}>
          <Table aria-label={t("Differences")} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th />
                <Table.Th className={classes.number ?? ""}>{t("This")}</Table.Th>
                <Table.Th className={classes.number ?? ""}>{t("The other")}</Table.Th>
                <Table.Th className={classes.number ?? ""}>{t("The other less this")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {known.map(({ figure, a, b, difference }) => (
                <Table.Tr key={figure}>
                  <Table.Th scope="row">{figureName(figure)}</Table.Th>
                  <Table.Td className={classes.number ?? ""}>{formatValue(a)}</Table.Td>
                  <Table.Td className={classes.number ?? ""}>{formatValue(b)}</Table.Td>
                  <Difference figure={difference} less={FIGURE_WORDS[figure].less} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </section>
      {slices.length > 0 && (
        <section className={classes.card}>
          <h3 className={classes.cardTitle}>{t("Found first, by kind")}</h3>
          <div className={classes.scroll}>
            <Table aria-label={t("Differences by kind")} verticalSpacing={6}>
              <Table.Tbody>
                {slices.map(({ by, name, a, b, difference }) => (
                  <Table.Tr key={`${by} ${name}`}>
                    <Table.Th scope="row">{name}</Table.Th>
                    <Table.Td className={classes.number ?? ""}>{formatValue(a)}</Table.Td>
                    <Table.Td className={classes.number ?? ""}>{formatValue(b)}</Table.Td>
                    <Difference figure={difference} less={false} />
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </section>
      )}
    </>
  );
}

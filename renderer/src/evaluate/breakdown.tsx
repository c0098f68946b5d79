import { Table } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import type { EvaluationReport, Figure, Slice } from "../../../shared/contract/evaluation-report.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatCount } from "../lib/format.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import classes from "./evaluate-page.module.css";
import { percent, percentInterval } from "./words.ts";

const SEVERITIES = ["mild", "medium", "severe"] as const;
const SEVERITY = { mild: msg("Mild"), medium: msg("Medium"), severe: msg("Severe") } as const;

/** Where it is strong and where it is weak, of the whole answer. */
export function Breakdown({ report }: { report: EvaluationReport }) {
  const slices = report.systems.find(({ id }) => id === report.deciding)?.slices ?? [];
  const by = (kind: Slice["by"]) => slices.filter((slice) => slice.by === kind);
  if (slices.length === 0) {
    return (
      <EmptyState icon={IconChartBar} title={t("Nothing to tell apart")}>
        {t("The products have no categories, and the photos were not made by the app.")}
      </EmptyState>
    );
  }
  return (
    <div className={classes.stack}>
      {by("transformation").length > 0 && (
        <Transformations transformations={by("transformation")} severities={by("severity")} />
      )}
      {by("category").length > 0 && <Categories categories={by("category")} />}
    </div>
  );
}

function Share({ figure }: { figure: Figure | undefined }) {
  if (figure === undefined || figure.n === 0) return <Table.Td className={classes.number ?? ""}>–</Table.Td>;
  return (
    <Table.Td className={classes.number ?? ""}>
      {percent(figure.value)}
      <span className={classes.interval}>{percentInterval(figure)}</span>
    </Table.Td>
  );
}

interface TransformationsProps {
  transformations: readonly Slice[];
  severities: readonly Slice[];
}

function Transformations({ transformations, severities }: TransformationsProps) {
  return (
    <section className={classes.card}>
      <h3 className={classes.cardTitle}>{t("What was done to the picture: how often found first")}</h3>
      <div className={classes.scroll}>
        <Table aria-label={t("By transformation and severity")} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("Transformation")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("Queries")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("All")}</Table.Th>
              {SEVERITIES.map((severity) => (
                <Table.Th key={severity} className={classes.number ?? ""}>
                  {t(SEVERITY[severity])}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {transformations.map(({ name, recallAt1 }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td className={classes.number ?? ""}>{formatCount(recallAt1.n)}</Table.Td>
                <Share figure={recallAt1} />
                {SEVERITIES.map((severity) => (
                  <Share
                    key={severity}
                    figure={severities.find((one) => one.name === name && one.severity === severity)?.recallAt1}
                  />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

function Categories({ categories }: { categories: readonly Slice[] }) {
  return (
    <section className={classes.card}>
      <h3 className={classes.cardTitle}>{t("By category")}</h3>
      <div className={classes.scroll}>
        <Table aria-label={t("By category")} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("Category")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("Queries")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("Found first")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("Wrongly “not in the catalogue”")}</Table.Th>
              <Table.Th className={classes.number ?? ""}>{t("Rightly “not in the catalogue”")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {categories.map(({ name, recallAt1, noneOnPresent, noneOnAbsent }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td className={classes.number ?? ""}>{formatCount(recallAt1.n)}</Table.Td>
                <Share figure={recallAt1} />
                <Share figure={noneOnPresent} />
                <Share figure={noneOnAbsent} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

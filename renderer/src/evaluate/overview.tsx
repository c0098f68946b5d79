import { Table } from "@mantine/core";
import type { EvaluationReport, Figure, SystemReport } from "../../../shared/contract/evaluation-report.ts";
import { type FIGURE_WORDS, formatInterval, formatValue } from "../../../shared/evaluation/words.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import classes from "./evaluate-page.module.css";
import { PrecisionRecallPlot, ReliabilityPlot, RocPlot, ScorePlot } from "./plots.tsx";
import { figureMeaning, figureName, systemText } from "./report-words.ts";
import { percent, percentInterval } from "./words.ts";

const COLUMNS = ["recallAt1", "recallAt5", "recallAt10", "mrr", "auroc", "ece", "matchPrecision"] as const;

export function Overview({ report }: { report: EvaluationReport }) {
  const deciding = report.systems.find(({ id }) => id === report.deciding);
  if (deciding === undefined) return null;
  const { curves, verdicts } = deciding;
  return (
    <div className={classes.stack}>
      <div className={classes.headlines}>
        <Headline name="recallAt1" figure={deciding.recallAt1} share />
        {verdicts !== null && <Headline name="noneOnAbsent" figure={verdicts.absent.none} share />}
        {verdicts !== null && <Headline name="noneOnPresent" figure={verdicts.present.none} share />}
        <Headline name="matchPrecision" figure={deciding.matchPrecision} share />
        <Headline name="auroc" figure={deciding.auroc} />
        <Headline name="ece" figure={deciding.ece} />
      </div>
      <div className={classes.plots}>
        {curves.reliability.length > 0 && <ReliabilityPlot bins={curves.reliability} />}
        {curves.scores !== null && <ScorePlot scores={curves.scores} />}
        {curves.precisionRecall.length > 0 && <PrecisionRecallPlot points={curves.precisionRecall} />}
        {curves.roc.length > 0 && <RocPlot points={curves.roc} />}
      </div>
      <Systems report={report} />
      <Verdicts report={report} />
    </div>
  );
}

function Headline({
  name,
  figure,
  share = false,
}: {
  name: keyof typeof FIGURE_WORDS;
  figure: Figure;
  share?: boolean;
}) {
  return (
    <section className={classes.headline} aria-label={figureName(name)}>
      <span className={classes.headlineName}>{figureName(name)}</span>
      <span className={classes.headlineValue}>{share ? percent(figure.value) : formatValue(figure.value)}</span>
      <span className={classes.quiet}>
        {figure.interval === null
          ? t("no interval")
          : `95 %: ${share ? percentInterval(figure) : formatInterval(figure)}`}
      </span>
      <span className={classes.quiet}>{figureMeaning(name)}</span>
    </section>
  );
}

function Cell({ figure }: { figure: Figure }) {
  return (
    <Table.Td className={classes.number ?? ""}>
      {formatValue(figure.value)}
      <span className={classes.interval}>{formatInterval(figure)}</span>
    </Table.Td>
  );
}

function Systems({ report: { systems, settings, deciding } }: { report: EvaluationReport }) {
  const several = settings.length > 1;
  return (
    <section className={classes.card}>
      <h3 className={classes.cardTitle}>{t("Step by step, and beside simple methods")}</h3>
      <div className={classes.scroll}>
        <Table
          aria-label={t("Ways of answering")}
          verticalSpacing={6}
          horizontalSpacing={6}
          className={classes.dense ?? ""}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("Way of answering")}</Table.Th>
              {COLUMNS.map((name) => (
                <Table.Th key={name} className={classes.number ?? ""} title={figureMeaning(name)}>
                  {figureName(name)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {systems.map((system) => (
              <Table.Tr
                key={system.id}
                data-deciding={system.id === deciding || undefined}
                className={classes.system ?? ""}
              >
                <Table.Th scope="row">{systemText(system, several)}</Table.Th>
                {COLUMNS.map((name) => (
                  <Cell key={name} figure={system[name]} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

const PARTS = [
  { verdict: "match", label: msg("Match") },
  { verdict: "similar", label: msg("Similar") },
  { verdict: "none", label: msg("Not in the catalogue") },
] as const;

function Verdicts({ report: { systems, settings } }: { report: EvaluationReport }) {
  const judged = systems.filter((system) => system.verdicts !== null && system.stage === "refined");
  return (
    <section className={classes.card}>
      <h3 className={classes.cardTitle}>{t("What was said")}</h3>
      <ul className={classes.legend} aria-hidden>
        {PARTS.map(({ verdict, label }) => (
          <li key={verdict} data-verdict={verdict}>
            {t(label)}
          </li>
        ))}
      </ul>
      {judged.map((system) => (
        <VerdictBars key={system.id} system={system} name={settings.length > 1 ? systemText(system, true) : null} />
      ))}
    </section>
  );
}

const SIDES = [
  { side: "present", label: msg("Photos of products that are here") },
  { side: "absent", label: msg("Photos of things that are not here") },
] as const;

function VerdictBars({ system, name }: { system: SystemReport; name: string | null }) {
  return (
    <div className={classes.verdicts}>
      {name !== null && <strong>{name}</strong>}
      {SIDES.map(({ side, label }) => {
        const shares = system.verdicts?.[side];
        if (shares === undefined || shares.match.n === 0) return null;
        const said = PARTS.map(({ verdict, label: word }) => `${t(word)} ${percent(shares[verdict].value)}`).join(", ");
        return (
          <div key={side} className={classes.verdictRow}>
            <span>{t(label)}</span>
            <span className={classes.verdictBar} role="img" aria-label={`${t(label)}: ${said}`}>
              {PARTS.map(({ verdict }) => (
                <span
                  key={verdict}
                  data-verdict={verdict}
                  style={{ width: `${(shares[verdict].value ?? 0) * 100}%` }}
                />
              ))}
            </span>
            <span className={classes.quiet}>{said}</span>
          </div>
        );
      })}
    </div>
  );
}

import { Button, Progress } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import type { MoveReport } from "../../../shared/contract/stack.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { type MoveRun, PHASES, type Phase, phaseCount, phasePercent } from "./run-state.ts";
import { Fact } from "./service-card.tsx";
import classes from "./stack-page.module.css";
import { stopWork } from "./stack-run.ts";

const PHASE: Record<Phase, Message> = {
  products: msg("Products and pictures"),
  vectors: msg("Vectors"),
  history: msg("Bin, history and saved filters"),
  journal: msg("Journal"),
  check: msg("Checking the copy"),
};

const HEADLINE: Record<MoveRun["state"], Message> = {
  running: msg("Moving…"),
  done: msg("Moved, and the copy is checked"),
  failed: msg("The move stopped"),
  stopped: msg("The move was broken off; it goes on where it stopped"),
};

export function MoveProgress({ run }: { run: MoveRun }) {
  const { state, current, pass, notes, report, problem } = run;
  return (
    <div className={classes.output}>
      <div className={classes.outputHead}>
        <span role="status" className={classes.outputTitle}>
          {state === "done" && <IconCircleCheckFilled className={classes.good} size={18} aria-hidden />}
          {state === "running" && current !== null
            ? t("Moving: {what}", { what: t(PHASE[current]) })
            : t(HEADLINE[state])}
        </span>
        {state === "running" && (
          <Button size="compact-sm" variant="default" onClick={stopWork}>
            {t("Break off")}
          </Button>
        )}
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
      {state !== "done" && (
        <ul className={classes.plain}>
          {PHASES.map((phase) => (
            <PhaseBar key={phase} run={run} phase={phase} />
          ))}
        </ul>
      )}
      {pass > 1 && state === "running" && (current === "products" || current === "vectors") && (
        <p className={classes.quiet}>{t("Once more, for what has changed meanwhile.")}</p>
      )}
      {report !== null && <Report report={report} />}
      {notes.length > 0 && (
        <ul className={classes.notes} aria-label={t("Notes of the move")}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PhaseBar({ run, phase }: { run: MoveRun; phase: Phase }) {
  return (
    <li className={classes.phase}>
      <span>{t(PHASE[phase])}</span>
      <span className={classes.number}>{phaseCount(run, phase)}</span>
      <Progress
        className={classes.phaseBar ?? ""}
        value={phasePercent(run, phase)}
        size={7}
        aria-label={t(PHASE[phase])}
      />
    </li>
  );
}

const share = (some: number, all: number) =>
  some === all ? t("all of them") : t("{count} of them", { count: formatCount(some) });

function Report({ report }: { report: MoveReport }) {
  const { checked } = report;
  return (
    <dl className={classes.report} aria-label={t("Report of the move")}>
      <Fact name={t("Products")}>
        {formatCount(report.products)},{" "}
        {t("{share} compared with the original", { share: share(checked.products, report.products) })}
      </Fact>
      <Fact name={t("Pictures")}>
        {formatCount(report.pictures)}, {t("{share} read back", { share: share(checked.pictures, report.pictures) })}
      </Fact>
      <Fact name={t("Vectors")}>
        {t("{count} copied", { count: formatCount(report.vectors) })}
        {report.toEmbed > 0 &&
          `; ${t("{count} products get new ones after the restart", { count: formatCount(report.toEmbed) })}`}
      </Fact>
      <Fact name={t("Bin, history and saved filters")}>
        {t("{bin} in the bin, {changes} changes, {views} saved filters", {
          bin: formatCount(report.kept.bin),
          changes: formatCount(report.kept.changes),
          views: formatCount(report.kept.views),
        })}
      </Fact>
      <Fact name={t("Journal")}>
        {t("{runs} runs, {lines} lines, {marks} marked problems", {
          runs: formatCount(report.runs),
          lines: formatCount(report.lines),
          marks: formatCount(report.marks),
        })}
      </Fact>
      <Fact name={t("Took")}>{formatDuration(report.seconds)}</Fact>
      <Fact name={t("Check sum")}>
        <code className={classes.hash}>{checked.hash}</code>
        <span className={classes.reason}>{t("SHA-256 over every product: the same on both sides")}</span>
      </Fact>
    </dl>
  );
}

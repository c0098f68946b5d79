import { Button, Progress } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import type { MoveReport } from "../../../shared/contract/stack.ts";
import { formatCount, formatDuration } from "../lib/format.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { type MoveRun, PHASES, type Phase, phaseCount, phasePercent } from "./run-state.ts";
import { Fact } from "./service-card.tsx";
import classes from "./stack-page.module.css";
import { stopWork } from "./stack-run.ts";

const PHASE: Record<Phase, string> = {
  products: "Products and pictures",
  vectors: "Vectors",
  journal: "Journal",
  check: "Checking the copy",
};

const HEADLINE: Record<MoveRun["state"], string> = {
  running: "Moving…",
  done: "Moved, and the copy is checked",
  failed: "The move stopped",
  stopped: "The move was broken off; it goes on where it stopped",
};

export function MoveProgress({ run }: { run: MoveRun }) {
  const { state, current, pass, notes, report, problem } = run;
  return (
    <div className={classes.output}>
      <div className={classes.outputHead}>
        <span role="status" className={classes.outputTitle}>
          {state === "done" && <IconCircleCheckFilled className={classes.good} size={18} aria-hidden />}
          {state === "running" && current !== null ? `Moving: ${PHASE[current].toLowerCase()}` : HEADLINE[state]}
        </span>
        {state === "running" && (
          <Button size="compact-sm" variant="default" onClick={stopWork}>
            Break off
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
        <p className={classes.quiet}>Once more, for what has changed meanwhile.</p>
      )}
      {report !== null && <Report report={report} />}
      {notes.length > 0 && (
        <ul className={classes.notes} aria-label="Notes of the move">
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
      <span>{PHASE[phase]}</span>
      <span className={classes.number}>{phaseCount(run, phase)}</span>
      <Progress
        className={classes.phaseBar ?? ""}
        value={phasePercent(run, phase)}
        size={7}
        aria-label={PHASE[phase]}
      />
    </li>
  );
}

const share = (some: number, all: number) => (some === all ? "all of them" : `${formatCount(some)} of them`);

function Report({ report }: { report: MoveReport }) {
  const { checked } = report;
  return (
    <dl className={classes.report} aria-label="Report of the move">
      <Fact name="Products">
        {formatCount(report.products)}, {share(checked.products, report.products)} compared with the original
      </Fact>
      <Fact name="Pictures">
        {formatCount(report.pictures)}, {share(checked.pictures, report.pictures)} read back
      </Fact>
      <Fact name="Vectors">
        {formatCount(report.vectors)} copied
        {report.toEmbed > 0 && `; ${formatCount(report.toEmbed)} products get new ones after the restart`}
      </Fact>
      <Fact name="Journal">
        {formatCount(report.runs)} runs, {formatCount(report.lines)} lines
      </Fact>
      <Fact name="Took">{formatDuration(report.seconds)}</Fact>
      <Fact name="Check sum">
        <code className={classes.hash}>{checked.hash}</code>
        <span className={classes.reason}>SHA-256 over every product: the same on both sides</span>
      </Fact>
    </dl>
  );
}

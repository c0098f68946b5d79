import type { ComposeEvent, MoveEvent, MoveReport, StackStatus } from "../../../shared/contract/stack.ts";
import { formatCount } from "../lib/format.ts";
import type { Problem } from "../lib/problem.ts";

/** What becomes of a Compose command and of a move, event by event. */

export type RunState = "running" | "done" | "failed" | "stopped";

export interface ComposeRun {
  what: "up" | "down";
  state: RunState;
  /** The latest ones. */
  lines: readonly string[];
  seconds: number | null;
  problem: Problem | null;
}

export type Phase = Extract<MoveEvent, { kind: "progress" }>["phase"];
export const PHASES: readonly Phase[] = ["products", "vectors", "history", "journal", "check"];

export interface MoveRun {
  to: StackStatus["profile"];
  state: RunState;
  /** Of the phases that have begun. */
  phases: Partial<Record<Phase, { done: number; total: number }>>;
  current: Phase | null;
  /** Products and vectors are gone through again until nothing has changed meanwhile. */
  pass: number;
  notes: readonly string[];
  report: MoveReport | null;
  problem: Problem | null;
}

/** A pull of images writes thousands of lines; the end of them is what helps. */
export const KEPT_LINES = 300;

export function beginCompose(what: ComposeRun["what"]): ComposeRun {
  return { what, state: "running", lines: [], seconds: null, problem: null };
}

export function withComposeEvent(run: ComposeRun, event: ComposeEvent): ComposeRun {
  if (event.kind === "done") return { ...run, state: "done", seconds: event.seconds };
  return { ...run, lines: [...run.lines.slice(1 - KEPT_LINES), event.text.trim()] };
}

export function beginMove(to: MoveRun["to"]): MoveRun {
  return { to, state: "running", phases: {}, current: null, pass: 1, notes: [], report: null, problem: null };
}

export function withMoveEvent(run: MoveRun, event: MoveEvent): MoveRun {
  if (event.kind === "note") return { ...run, notes: [...run.notes, event.text] };
  if (event.kind === "report") return { ...run, report: event.report };
  const { phase, done, total } = event;
  const again = run.current !== null && PHASES.indexOf(phase) < PHASES.indexOf(run.current);
  const pass = again ? run.pass + 1 : run.pass;
  return { ...run, current: phase, pass, phases: { ...run.phases, [phase]: { done, total } } };
}

/** How it ended: a stream that stops without an error is done. */
export function ended<Run extends { state: RunState; problem: Problem | null }>(
  run: Run,
  problem: Problem | null,
): Run {
  if (problem === null) return { ...run, state: "done" };
  if (problem.code === "CANCELLED") return { ...run, state: "stopped" };
  return { ...run, state: "failed", problem };
}

/** Whether a phase is over: another has followed it, though it may be gone through again. */
function isPast({ current, pass, state }: MoveRun, phase: Phase): boolean {
  const before = current !== null && PHASES.indexOf(phase) < PHASES.indexOf(current);
  const again = pass > 1 && (phase === "products" || phase === "vectors");
  return state === "done" || before || again;
}

/**
 * 0..100 of one phase. One that is over stays at 100, whatever its last count was, and also when it is gone through
 * again: a bar never runs backwards.
 */
export function phasePercent(run: MoveRun, phase: Phase): number {
  const counted = run.phases[phase];
  if (counted === undefined) return 0;
  if (isPast(run, phase)) return 100;
  if (counted.total === 0) return run.state === "running" ? 0 : 100;
  return Math.min(100, Math.floor((counted.done / counted.total) * 100));
}

/** "540 of 5,400"; of a phase that is over only how much there was; empty before it begins. */
export function phaseCount(run: MoveRun, phase: Phase): string {
  const counted = run.phases[phase];
  if (counted === undefined) return "";
  const { done, total } = counted;
  if (!isPast(run, phase)) return `${formatCount(done)} of ${formatCount(total)}`;
  // Gone through again it has fewer done than there are; the journal's total is only how much it read.
  return formatCount(phase === "journal" ? done : total);
}

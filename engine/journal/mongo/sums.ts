import type { Db } from "mongodb";
import type { JournalFilter } from "../../../shared/contract/journal.ts";
import { type LineCounts, overviewOf } from "../analysis/overview.ts";
import { figureSteps, figuresOf } from "../analysis/run-figures.ts";
import { MINUTE } from "../analysis/steps.ts";
import { pruneBlocks } from "./blocks.ts";
import { pruneHours, touchHours } from "./hours.ts";
import { countLines, lineCells, lineExtent } from "./line-hours.ts";
import { runSums } from "./run-hours.ts";
import { foundLines } from "./search.ts";
import { LOG_HOURS, RUN_HOURS } from "./shape.ts";

/** What is counted of lines and runs, out of the sums by hours where they serve. */

export function linesOverview(db: Db, filter: JournalFilter, points: number) {
  const counts: LineCounts = {
    extent: () => lineExtent(db),
    kept: (grain, range) => lineCells(db, grain, range),
    counted: (range, step) => countLines(db, range, step),
    found: (one) => foundLines(db, one, true),
  };
  return overviewOf(counts, filter, points);
}

export async function runFigures(db: Db, { since, until }: { since: string; until: string }, points: number) {
  const range = { from: Date.parse(since), to: Date.parse(until) };
  const { stepMs, hourly } = figureSteps(range, points);
  const problems = stepMs < MINUTE ? countLines(db, range, stepMs) : lineCells(db, hourly ? "hour" : "minute", range);
  const [sums, cells] = await Promise.all([runSums(db, range, hourly ? null : stepMs), problems]);
  return figuresOf(range, stepMs, sums, cells);
}

/** Takes out of the sums what the journal keeps no more. @param bound id of the last line that went; null where none did by number */
export async function pruneSums(db: Db, before: Date, bound: number | null): Promise<void> {
  await pruneHours(db, LOG_HOURS, before);
  await pruneHours(db, RUN_HOURS, before);
  if (bound === null) return;
  const hours = await db
    .collection<{ _id: Date }>(LOG_HOURS)
    .find({ first: { $lte: bound } }, { projection: { _id: 1 } })
    .toArray();
  await touchHours(
    db,
    LOG_HOURS,
    hours.map(({ _id }) => _id),
  );
  await pruneBlocks(db, bound);
}

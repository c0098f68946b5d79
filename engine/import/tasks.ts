import type { Config } from "../../shared/config.ts";
import type { ImportFailure } from "../../shared/contract/imports.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Indexer } from "../services.ts";
import { createMapping } from "./mapping.ts";
import { planImport } from "./plan.ts";
import { failure } from "./problem.ts";
import type { ProgressMeter } from "./progress.ts";
import { toRawRow } from "./raw-row.ts";
import { cellText, type TableRecord } from "./record.ts";
import { readRow } from "./row.ts";
import { type NumberedRow, runImport } from "./run.ts";
import type { OpenedSource, Reading, Surveyed } from "./source.ts";
import type { ImportStore, KeptImport } from "./store.ts";
import { createVectorIntake, type OwnVectors } from "./vectors.ts";
import type { PictureFetcher } from "./web/picture-fetcher.ts";

/** What can be done with an opened source: a dry run, an import from its start or from where it stopped, bad rows again. */

export interface TaskParts {
  task:
    | { kind: "plan" }
    | { kind: "import"; resumed: boolean }
    | { kind: "retry"; rows: readonly { row: number; cells: Readonly<Record<string, string>> }[] };
  opened: OpenedSource;
  session: { kept: KeptImport; meter: ProgressMeter };
  store: ImportStore;
  catalog: Catalog;
  indexer: Indexer;
  limits: Config["limits"];
  fetcher: PictureFetcher | null;
  own: OwnVectors | null;
  signal: AbortSignal;
  pause: AbortSignal;
  /** Keeps where it stands. */
  save(): void;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

/** Where it stands is written at most so often; after a crash the rows since then are dealt with again. */
const SAVE_MS = 500;
const LISTED_FAILURES = 1_000;

/** @returns how it rests: the state, and the error that ended it */
export async function runTask(parts: TaskParts): Promise<Parameters<ProgressMeter["rest"]>> {
  const { task, session, signal, log } = parts;
  const { importId } = session.meter;
  session.meter.setOut(task.kind, task.kind === "import" && task.resumed);
  parts.save();
  try {
    if (task.kind === "plan") return await plan(parts);
    if (task.kind === "retry") return await retry(parts, task.rows);
    return await bringIn(parts, task.resumed);
  } catch (error) {
    if (signal.aborted) return [task.kind === "plan" ? "prepared" : task.kind === "retry" ? "done" : "cancelled"];
    if (error instanceof ShelfmatchError) return ["failed", error];
    log("error", "Import failed", { importId, stack: error instanceof Error ? error.stack : error });
    const message = "The import stopped by an error of the app. The journal has the details; what went in stays.";
    return ["failed", { code: "INTERNAL", message }];
  }
}

async function survey({ opened, session, signal }: TaskParts, reading: Reading): Promise<Surveyed> {
  const { kept, meter } = session;
  kept.surveyed ??= await opened.survey(reading, signal);
  const { format, total } = kept.surveyed;
  meter.surveyed(format, total);
  return kept.surveyed;
}

const readingOf = ({ session: { kept } }: TaskParts): Reading => ({
  mapping: createMapping(kept.columns),
  options: kept.options,
});

async function plan(parts: TaskParts): Promise<["planned"]> {
  const { opened, session, store, catalog, limits, fetcher, signal } = parts;
  const { meter } = session;
  const { importId } = meter;
  const reading = readingOf(parts);
  store.clearPlan(importId);
  meter.planned(null);
  const { mark } = await survey(parts, reading);
  const counts = await planImport({
    ...{ catalog, source: opened, rows: numbered(opened, reading, mark, 0), progress: meter },
    ...{ pictureBytes: limits.pictureBytes, fromWeb: fetcher !== null, signal },
    keep: (rows) => store.addPlanned(importId, rows),
  });
  meter.planned(counts);
  return ["planned"];
}

async function bringIn(parts: TaskParts, resumed: boolean): Promise<["done" | "paused"]> {
  const { opened, session, store, log } = parts;
  const { kept, meter } = session;
  const { importId } = meter;
  const reading = readingOf(parts);
  store.clearBad(importId, { from: resumed ? kept.dealt : Number.MIN_SAFE_INTEGER });
  if (resumed) {
    const bad = store.bad(importId, 1, LISTED_FAILURES).flatMap(({ problems }) => problems);
    meter.settleAt(kept.dealt, bad, store.badCounts(importId).problems);
  }
  const { format, total, mark } = await survey(parts, reading);
  parts.save();
  const { table } = opened;
  if (table !== null && kept.columns !== null) store.keepMapping(table.columns, kept.columns, kept.options);
  log("info", `Import ${resumed ? "goes on" : "started"}: ${format}, ${total} rows`, { importId });
  if (!resumed) {
    for (const [at, { path, ...problem }] of opened.refused.entries()) {
      report(parts)(-1 - at, { line: null }, failure(null, path, problem));
    }
    if (opened.leftOut.length > 0) {
      log("warn", `${opened.leftOut.length} files are no pictures and were left out`, {
        importId,
        files: opened.leftOut.slice(0, 50),
      });
    }
  }
  const outcome = await runImport({ ...common(parts), rows: numbered(opened, reading, mark, kept.dealt) });
  return [outcome];
}

async function retry(
  parts: TaskParts,
  asked: readonly { row: number; cells: Readonly<Record<string, string>> }[],
): Promise<["done"]> {
  const { opened, session, store, signal } = parts;
  const { meter } = session;
  const { importId } = meter;
  const reading = readingOf(parts);
  const { format, mark } = session.kept.surveyed ?? (await opened.survey(reading, signal));
  const wanted = new Map(asked.filter(({ row }) => row >= 0).map(({ row, cells }) => [row, cells]));
  meter.surveyed(format, wanted.size);
  const corrected: NumberedRow[] = [];
  const before = new Map<number, TableRecord>();
  for (let page = 1; ; page += 1) {
    const items = store.bad(importId, page, 500);
    for (const { row, line, columns, cells } of items) {
      if (columns !== null && cells !== null && line !== null) before.set(row, { line, columns, cells });
    }
    if (items.length < 500) break;
  }
  async function* rows(): AsyncGenerator<NumberedRow> {
    // First what is not tried again: no corrected row may take the SKU of another.
    for await (const one of numbered(opened, reading, mark, 0)) {
      const edits = wanted.get(one.at);
      if (edits === undefined) yield { ...one, take: false };
      else corrected.push({ ...one, row: correct(one, edits) });
    }
    for (const one of corrected) {
      store.clearBad(importId, { row: one.at });
      yield one;
    }
  }
  function correct({ at, row }: NumberedRow, edits: Readonly<Record<string, string>>): NumberedRow["row"] {
    const record = before.get(at) ?? row.record;
    if (record === undefined) return row;
    const cells = record.columns.map((column, place) => edits[column] ?? record.cells[place] ?? "");
    const known = row.record?.vectors;
    const edited: TableRecord = { ...record, cells, ...(known === undefined ? {} : { vectors: known }) };
    return readRow(toRawRow(edited, reading.mapping.fieldsOf(edited.columns)), mark, reading.options);
  }
  await runImport({ ...common(parts), rows: rows(), settled: () => undefined });
  return ["done"];
}

/** Rows with their numbers; those below `from` were dealt with before. */
async function* numbered(
  opened: OpenedSource,
  reading: Reading,
  mark: Surveyed["mark"],
  from: number,
): AsyncGenerator<NumberedRow> {
  let at = 0;
  for await (const row of opened.rows(reading, mark)) {
    yield { at, row, take: at >= from };
    at += 1;
  }
}

function common(parts: TaskParts) {
  const { opened, session, catalog, indexer, limits, fetcher, own, signal, pause } = parts;
  let saved = performance.now();
  return {
    ...{ catalog, indexer, limits, source: opened, progress: session.meter, fetcher, signal, pause },
    vectors: createVectorIntake(opened.table?.vectors ?? null, own),
    report: report(parts),
    settled(upTo: number) {
      session.kept.dealt = Math.max(session.kept.dealt, upTo);
      if (performance.now() - saved < SAVE_MS) return;
      saved = performance.now();
      parts.save();
    },
  };
}

function report({ session, store }: TaskParts) {
  const { meter } = session;
  return (
    row: number,
    { line, record }: { line: number | null; record?: TableRecord },
    problem: ImportFailure,
  ): void => {
    meter.fail(problem);
    store.addBad(meter.importId, {
      ...{ row, line, problems: [problem] },
      columns: record?.columns ?? null,
      cells: record?.cells.map(cellText) ?? null,
    });
  };
}

import type {
  ImportOptions,
  ImportPreview,
  ImportProgress,
  MappedColumn,
  PlannedRow,
} from "../../../../shared/contract/imports.ts";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { fromCaller, type Io, printJson, printLine, say, sayProgress } from "../io.ts";
import type { Client } from "../session.ts";
import { printable } from "../table.ts";
import { findable } from "./findable.ts";

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}

function progressLine({ done, total, rate, secondsLeft, failedCount }: ImportProgress): string {
  const parts = [`${done}${total === null ? "" : ` of ${total}`} rows`, `${rate.toFixed(1)} pictures/s`];
  if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  if (failedCount > 0) parts.push(`${failedCount} failed`);
  return parts.join(" · ");
}

export interface ImportCommandOptions {
  map?: readonly MappedColumn[];
  decimal?: ImportOptions["decimalMark"];
  cents?: true;
  currency?: string;
  picturesFromWeb?: true;
  dryRun?: true;
}

/** Whether anything is said that the headings do not say by themselves. */
const isPlain = (options: ImportCommandOptions) => Object.keys(options).length === 0;

/** @throws ShelfmatchError INVALID_INPUT for a column that the table does not have */
function readingOf({ columns }: ImportPreview, options: ImportCommandOptions) {
  const { map = [], decimal = "auto", cents, currency, picturesFromWeb = false } = options;
  for (const { column } of map) {
    if (columns.some((one) => one.column === column)) continue;
    const names = columns.map((one) => one.column).join(", ");
    const message = `There is no column "${column}" in the table (it has: ${names}). Correct --map and try again.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  }
  const said = new Map(map.map(({ column, target }) => [column, target]));
  const taken = new Set(map.map(({ target }) => target));
  return {
    // As the headings say, save what was said otherwise.
    columns: columns.map(({ column, guessed }) => {
      const free = taken.has(guessed) ? `attribute:${column}` : guessed;
      return { column, target: said.get(column) ?? free };
    }),
    options: {
      ...{ decimalMark: decimal, priceUnit: cents ? ("hundredth" as const) : ("main" as const) },
      ...{ currency: currency?.toUpperCase() ?? null, picturesFromWeb },
    },
  };
}

/** Follows the import, or its dry run, to its end; Ctrl-C ends it in the engine as well. */
async function follow(io: Io, client: Client, path: string, options: ImportCommandOptions): Promise<ImportProgress> {
  const { imports } = client;
  let progress: ImportProgress;
  if (isPlain(options)) progress = await imports.startPath({ path }, { signal: io.signal });
  else {
    const preview = await imports.preparePath({ path }, { signal: io.signal });
    const request = { importId: preview.importId, ...readingOf(preview, options) };
    progress = await (options.dryRun ? imports.plan : imports.begin)(request, { signal: io.signal });
  }
  const { importId } = progress;
  const cancel = () => {
    client.imports.cancel({ importId }).catch((error: unknown) => say(io, failureBody(error).message));
  };
  io.signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (progress of await client.imports.watch({ importId })) sayProgress(io, progressLine(progress));
  } finally {
    io.signal.removeEventListener("abort", cancel);
    sayProgress(io, null);
  }
  return progress;
}

function exitCode({ state, failedCount }: ImportProgress): number {
  if (state === "cancelled") return EXIT.interrupted;
  if (state !== "done") return EXIT.failed;
  return failedCount > 0 ? EXIT.someFailed : EXIT.ok;
}

const PLAN_PAGE = 200;

/** What a dry run found: each product that would be added or changed, each bad row, and how many in all. */
async function sayPlan({ io, session, json }: Run, { importId, plan, error }: ImportProgress): Promise<number> {
  const { imports } = session.client;
  if (plan === null) {
    say(io, error?.message ?? "The dry run was ended before it was done.");
    return io.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
  for (const kind of ["added", "changed", "bad"] as const) {
    for (let page = 1; ; page += 1) {
      const { items } = await imports.planned({ importId, kind, page, pageSize: PLAN_PAGE }, { signal: io.signal });
      for (const row of items) {
        if (json) await printJson(io, row);
        else for (const line of plannedLines(row)) await printLine(io, printable(line));
      }
      if (items.length < PLAN_PAGE) break;
    }
  }
  await imports.discard({ importId });
  const { added, changed, unchanged, bad } = plan;
  if (json) await printJson(io, plan);
  else
    say(
      io,
      `${added} would be added, ${changed} changed, ${unchanged} stay; ${bad} rows have a problem. Nothing was written.`,
    );
  return bad > 0 ? EXIT.someFailed : EXIT.ok;
}

function* plannedLines({ kind, line, sku, name, changes, problems }: PlannedRow): Generator<string> {
  const where = line === null ? "" : ` (line ${line})`;
  if (kind === "bad") for (const { message } of problems) yield `bad ${sku}${where}: ${message}`;
  else if (kind === "added") yield `new ${sku}${where}: ${name}`;
  else for (const { field, from, to } of changes) yield `changed ${sku}${where}: ${field}: "${from}" -> "${to}"`;
}

/** Imports and waits until what went in can be found. @returns the exit code */
export async function importCatalogue(run: Run, source: string, options: ImportCommandOptions = {}): Promise<number> {
  const { io, session, json } = run;
  const began = performance.now();
  const seconds = () => Math.round(performance.now() - began) / 1000;
  let progress: ImportProgress;
  try {
    // What went in is not done twice: an import goes on where it stopped.
    progress = await session.lasting((client) => follow(io, client, fromCaller(io, source), options));
    if (options.dryRun) return await sayPlan(run, progress);
    // Ctrl-C ends the waiting and loses nothing: the engine indexes on, now or at its next start.
    await findable(run).catch((error: unknown) => {
      if (!io.signal.aborted) throw error;
    });
  } catch (error) {
    const { code, message } = failureBody(error);
    const failed = [{ line: null, column: null, code, message }];
    if (json) await printJson(io, { products: 0, images: 0, failed, seconds: seconds() });
    say(io, message);
    return io.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
  const { products, images, unchanged, format, failedCount, error } = progress;
  const failed = [...progress.failed, ...(error === null ? [] : [{ line: null, column: null, ...error }])];
  if (json) {
    await printJson(io, { products, images, failed, seconds: seconds() });
  } else {
    for (const { line, column, message } of progress.failed) {
      const where = [line === null ? null : `line ${line}`, column].filter((part) => part !== null).join(", ");
      say(io, `${where === "" ? "" : `${where}: `}${message}`);
    }
    if (failedCount > progress.failed.length) say(io, `… and ${failedCount - progress.failed.length} more failed.`);
    if (error !== null) say(io, error.message);
    if (format !== null) say(io, `Read as ${format}.`);
    say(
      io,
      `${products} products and ${images} pictures are in, ${unchanged} of the products just as they were before; ${failedCount} failures. ${duration(seconds())}.`,
    );
  }
  return io.signal.aborted ? EXIT.interrupted : exitCode(progress);
}

import { readFile, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { journalQuerySchema } from "../../shared/contract/journal.ts";
import type { MoveEvent } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Journal, QueryPhoto } from "../journal/port.ts";

const PAGE = 500;

/** How far an interrupted copy of the log came: lines have no name of their own that could be written twice. */
const memorySchema = z.object({ lastLine: z.number().int() });

async function rememberedLine(memory: string): Promise<number> {
  try {
    return memorySchema.parse(JSON.parse(await readFile(memory, "utf8"))).lastLine;
  } catch {
    return 0;
  }
}

async function photoOf(journal: Journal, runId: string): Promise<QueryPhoto | null> {
  try {
    return await journal.photo(runId);
  } catch (error) {
    if (error instanceof ShelfmatchError && error.code === "PICTURE_NOT_FOUND") return null;
    throw error;
  }
}

/** Runs with their photos and feedback; writing one twice changes nothing. */
async function* copyRuns(from: Journal, to: Journal, signal: AbortSignal): AsyncGenerator<MoveEvent, number> {
  let done = 0;
  let before: string | undefined;
  let seen = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const page = await from.runs({ before, limit: PAGE });
    // Pages overlap by a millisecond, in which several runs may have been.
    const runs = page.filter(({ runId }) => !seen.has(runId));
    seen = new Set(page.map(({ runId }) => runId));
    for (const run of runs) {
      await to.recordRun({ ...run, photo: null }, run.photo === null ? null : await photoOf(from, run.runId));
      if (run.feedback !== null) await to.addFeedback(run.runId, run.feedback);
    }
    done += runs.length;
    yield { kind: "progress", phase: "journal", done, total: done };
    const last = runs.at(-1);
    if (last === undefined || page.length < PAGE) return done;
    before = new Date(Date.parse(last.time) + 1).toISOString();
  }
}

/** Lines after `last`, oldest first. The journal is read from its newest line: the pages are found first, then copied. */
async function* copyLines(
  from: Journal,
  to: Journal,
  memory: string,
  signal: AbortSignal,
): AsyncGenerator<MoveEvent, number> {
  const last = await rememberedLine(memory);
  const page = (before: number | undefined) =>
    from.list(journalQuerySchema.parse({ limit: PAGE, ...(before === undefined ? {} : { before }) }));
  const pages: (number | undefined)[] = [];
  let before: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const { entries } = await page(before);
    if (entries.length === 0) break;
    // From the newest page on the copy stands still: lines that are written meanwhile come before it.
    pages.push(before ?? (entries[0]?.id ?? 0) + 1);
    before = entries.at(-1)?.id;
    if (entries.length < PAGE || (before ?? 0) <= last) break;
  }
  let done = 0;
  for (const cursor of pages.reverse()) {
    signal.throwIfAborted();
    const { entries } = await page(cursor);
    const fresh = entries.filter(({ id }) => id > last).reverse();
    for (const { id: _, time, ...line } of fresh) to.log({ ...line, time: Date.parse(time) });
    await to.flush();
    const newest = fresh.at(-1)?.id;
    if (newest !== undefined) await writeFile(memory, JSON.stringify({ lastLine: newest }));
    done += fresh.length;
    yield { kind: "progress", phase: "journal", done, total: pages.length * PAGE };
  }
  return done;
}

export async function* copyJournal(
  from: Journal,
  to: Journal,
  { memory, replace, signal }: { memory: string; replace: boolean; signal: AbortSignal },
): AsyncGenerator<MoveEvent, { runs: number; lines: number; marks: number }> {
  await from.flush();
  const runs = yield* copyRuns(from, to, signal);
  const lines = yield* copyLines(from, to, memory, signal);
  const marks = await copyMarks(from, to, replace);
  return { runs, lines, marks };
}

/** What people said of problems. @param replace takes the target's own away */
async function copyMarks(from: Journal, to: Journal, replace: boolean): Promise<number> {
  const marks = await from.marks();
  for (const { fingerprint, state, note, time } of marks) await to.mark(fingerprint, state, note, time);
  if (replace) {
    const own = new Set(marks.map(({ fingerprint }) => fingerprint));
    for (const { fingerprint } of await to.marks()) if (!own.has(fingerprint)) await to.mark(fingerprint, null, null);
  }
  return marks.length;
}

/** Once the other profile is in use, a later move back and forth begins anew. */
export const forgetProgress = (memory: string) => rm(memory, { force: true });

import type { ImportOptions, ImportPreview, ImportProgress, MappedColumn } from "../../../shared/contract/imports.ts";
import { client } from "../lib/client.ts";
import { desktop } from "../lib/desktop.ts";
import { commonPath, type ImportFiles } from "../lib/picked-files.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import { isOver } from "./import-state.ts";
import { NOTHING, readingOf, useImport } from "./import-store.ts";

let upload: AbortController | null = null;
const WATCH_AGAIN_MS = 1_500;
const REFRESH_LIST_MS = 3_000;

async function refreshLists(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: api.catalog.key() });
  await queryClient.invalidateQueries({ queryKey: api.imports.key() });
  await queryClient.invalidateQueries({ queryKey: api.system.health.key() });
}

/** Follows an import until it rests, also over a lost connection. */
async function watch(importId: string): Promise<void> {
  let refreshed = performance.now();
  for (;;) {
    try {
      for await (const progress of await client.imports.watch({ importId })) {
        useImport.setState({ progress, problem: null });
        if (performance.now() - refreshed > REFRESH_LIST_MS) {
          refreshed = performance.now();
          void refreshLists();
        }
      }
      const { progress } = useImport.getState();
      if (progress === null || progress.importId !== importId || isOver(progress)) break;
    } catch (error) {
      const problem = toProblem(error);
      useImport.setState({ problem });
      if (!problem.retryable) break;
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH_AGAIN_MS));
  }
  await refreshLists();
}

async function run(start: (signal: AbortSignal) => Promise<ImportProgress>): Promise<void> {
  upload = new AbortController();
  useImport.setState({ problem: null });
  try {
    const progress = await start(upload.signal);
    useImport.setState({ progress, uploading: false });
    await watch(progress.importId);
  } catch (error) {
    useImport.setState({ uploading: false, problem: toProblem(error) });
  }
}

/** Opens what was chosen, and shows how it would be read; nothing is written yet. */
async function prepare(open: (signal: AbortSignal) => Promise<ImportPreview>): Promise<void> {
  upload = new AbortController();
  useImport.setState({ ...NOTHING, uploading: true });
  try {
    useImport.setState({ preview: await open(upload.signal), uploading: false });
  } catch (error) {
    useImport.setState({ uploading: false, problem: toProblem(error) });
  }
}

/** Of a file or folder of this machine, which the engine reads by itself: the desktop's way. */
export function preparePathImport(path: string): Promise<void> {
  return prepare((signal) => client.imports.preparePath({ path }, { signal }));
}

export function prepareImport(picked: ImportFiles): Promise<void> {
  // Nothing is copied through the page where the engine can read it: a catalogue may be gigabytes.
  const path = commonPath(picked, desktop?.pathOf ?? (() => null));
  if (path !== null) return preparePathImport(path);
  const { files, paths } = picked;
  return prepare((signal) => client.imports.prepare(paths === null ? { files } : { files, paths }, { signal }));
}

let asked = 0;

/** Has the first rows read once more, with other columns or options. The choice is shown at once. */
export async function readAnew(changes: { columns?: MappedColumn[]; options?: ImportOptions }): Promise<void> {
  const { preview } = useImport.getState();
  if (preview === null) return;
  const reading = { ...readingOf(preview), ...changes };
  const targets = new Map(reading.columns.map(({ column, target }) => [column, target]));
  const columns = preview.columns.map((one) => ({ ...one, target: targets.get(one.column) ?? one.target }));
  useImport.setState({ preview: { ...preview, columns, options: reading.options }, reading: true, problem: null });
  asked += 1;
  const mine = asked;
  try {
    const fresh = await client.imports.preview({ importId: preview.importId, ...reading });
    if (mine === asked && useImport.getState().preview !== null) useImport.setState({ preview: fresh, reading: false });
  } catch (error) {
    if (mine === asked) useImport.setState({ reading: false, problem: toProblem(error) });
  }
}

/** Finds out what an import would change. */
export function startPlan(): Promise<void> {
  const { preview } = useImport.getState();
  if (preview === null) return Promise.resolve();
  return run((signal) => client.imports.plan({ importId: preview.importId, ...readingOf(preview) }, { signal }));
}

export function startImport(): Promise<void> {
  const { preview } = useImport.getState();
  if (preview === null) return Promise.resolve();
  return run((signal) => client.imports.begin({ importId: preview.importId, ...readingOf(preview) }, { signal }));
}

/** The catalogue that ships with the app. */
export function startSampleImport(): Promise<void> {
  useImport.setState({ ...NOTHING, uploading: true });
  return run((signal) => client.imports.startSample(undefined, { signal }));
}

/** From a dry run to the columns again. */
export async function backToColumns(): Promise<void> {
  const { progress, preview } = useImport.getState();
  if (progress !== null && !isOver(progress)) await act(() => client.imports.cancel({ importId: progress.importId }));
  if (preview !== null) useImport.setState({ progress: null, problem: null });
}

async function act(call: () => Promise<ImportProgress>): Promise<void> {
  try {
    useImport.setState({ progress: await call(), problem: null });
  } catch (error) {
    useImport.setState({ problem: toProblem(error) });
  }
}

const current = () => useImport.getState().progress?.importId ?? null;

/** What went in stays; a retry or a dry run ends. */
export async function cancelImport(): Promise<void> {
  upload?.abort();
  const importId = current();
  if (importId !== null) await act(() => client.imports.cancel({ importId }));
}

export async function pauseImport(): Promise<void> {
  const importId = current();
  if (importId !== null) await act(() => client.imports.pause({ importId }));
}

export async function resumeImport(): Promise<void> {
  const importId = current();
  if (importId !== null) await run((signal) => client.imports.resume({ importId }, { signal }));
}

export interface CorrectedRow {
  row: number;
  cells: Record<string, string>;
}

/** Runs bad rows once more. */
export async function retryRows(rows: CorrectedRow[] | undefined): Promise<void> {
  const importId = current();
  if (importId === null) return;
  await run((signal) => client.imports.retry(rows === undefined ? { importId } : { importId, rows }, { signal }));
}

/** Forgets what was opened, or the last import that is over. */
export async function startOver(): Promise<void> {
  const { preview, progress } = useImport.getState();
  useImport.setState(NOTHING);
  // What went in, and bad rows that somebody may come back to, stay: only what nothing was done with goes.
  if (preview === null || (progress !== null && progress.task !== "plan")) return;
  try {
    await client.imports.discard({ importId: preview.importId });
  } catch {
    // The engine forgets it by itself after a week.
  }
}

/** Takes up an import by its id: a link, or a page that was reloaded. */
export async function openImport(importId: string): Promise<void> {
  const { progress, preview, uploading } = useImport.getState();
  if (uploading || progress?.importId === importId || (preview?.importId === importId && progress === null)) return;
  try {
    const found = (await client.imports.list()).find((one) => one.importId === importId);
    if (found === undefined) return;
    if (found.state === "prepared" || (found.task === "plan" && found.state !== "planned" && isOver(found))) {
      useImport.setState({ ...NOTHING, preview: await client.imports.preview({ importId }) });
      return;
    }
    // Both at once: a dry run that is shown can be gone back from, and begun.
    const read = found.task === "plan" ? await client.imports.preview({ importId }) : null;
    useImport.setState({ ...NOTHING, progress: found, preview: read });
    if (!isOver(found)) await watch(importId);
  } catch (error) {
    useImport.setState({ problem: toProblem(error) });
  }
}

/** Picks up an import that runs, or waits to go on: the page was reloaded, the engine ended, another door started it. */
export async function adoptRunning(): Promise<void> {
  const { progress, preview, uploading } = useImport.getState();
  if (uploading || preview !== null || (progress !== null && !isOver(progress))) return;
  let found: ImportProgress | undefined;
  try {
    const all = await client.imports.list();
    found = all.find((one) => !isOver(one)) ?? all.find(({ state }) => state === "paused");
  } catch {
    // No connection: the banner says so, and the next start of the page looks again.
    return;
  }
  if (found === undefined || useImport.getState().preview !== null) return;
  useImport.setState({ progress: found });
  if (!isOver(found)) await watch(found.importId);
}

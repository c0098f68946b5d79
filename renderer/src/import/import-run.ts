import type { ImportProgress } from "../../../shared/contract/imports.ts";
import { client } from "../lib/client.ts";
import { desktop } from "../lib/desktop.ts";
import { commonPath, type ImportFiles } from "../lib/picked-files.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import { isOver } from "./import-state.ts";
import { useImport } from "./import-store.ts";

let upload: AbortController | null = null;
const WATCH_AGAIN_MS = 1_500;
const REFRESH_LIST_MS = 3_000;

async function refreshLists(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: api.catalog.key() });
  await queryClient.invalidateQueries({ queryKey: api.system.health.key() });
}

/** Follows an import to its end, also over a lost connection. */
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
      if (progress !== null && isOver(progress)) break;
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
  useImport.setState({ progress: null, problem: null, uploading: true });
  try {
    const progress = await start(upload.signal);
    useImport.setState({ progress, uploading: false });
    await watch(progress.importId);
  } catch (error) {
    useImport.setState({ uploading: false, problem: toProblem(error) });
  }
}

/** Of a file or folder of this machine, which the engine reads by itself: the desktop's way. */
export function startPathImport(path: string): Promise<void> {
  return run((signal) => client.imports.startPath({ path }, { signal }));
}

export function startImport(picked: ImportFiles): Promise<void> {
  // Nothing is copied through the page where the engine can read it: a catalogue may be gigabytes.
  const path = commonPath(picked, desktop?.pathOf ?? (() => null));
  if (path !== null) return startPathImport(path);
  const { files, paths } = picked;
  return run((signal) => client.imports.start(paths === null ? { files } : { files, paths }, { signal }));
}

/** The catalogue that ships with the app. */
export function startSampleImport(): Promise<void> {
  return run((signal) => client.imports.startSample(undefined, { signal }));
}

/** What went in stays. */
export async function cancelImport(): Promise<void> {
  upload?.abort();
  const { progress } = useImport.getState();
  if (progress === null) return;
  try {
    useImport.setState({ progress: await client.imports.cancel({ importId: progress.importId }) });
  } catch (error) {
    useImport.setState({ problem: toProblem(error) });
  }
}

/** Picks up an import that runs already: the page was reloaded, or another door started it. */
export async function adoptRunning(): Promise<void> {
  const { progress, uploading } = useImport.getState();
  if (uploading || (progress !== null && !isOver(progress))) return;
  let running: ImportProgress | undefined;
  try {
    running = (await client.imports.list()).find((one) => !isOver(one));
  } catch {
    // No connection: the banner says so, and the next start of the page looks again.
    return;
  }
  if (running === undefined) return;
  useImport.setState({ progress: running });
  await watch(running.importId);
}

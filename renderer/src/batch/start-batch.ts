import type { BatchSummary } from "../../../shared/contract/batch.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import { useBatches } from "./batch-store.ts";
import { portions } from "./portions.ts";

/** What was picked: files with their paths, or a folder of this machine. */
export type Picked = { files: readonly File[]; paths: readonly string[] } | { path: string; watch: boolean };

let upload: AbortController | null = null;

export const refreshBatches = () => queryClient.invalidateQueries({ queryKey: api.batch.list.key() });

/** Sends the photos a portion at a time: the first ones are matched while the last ones are on their way. */
async function send(files: readonly File[], paths: readonly string[], onBegun: (id: string) => void) {
  const stop = new AbortController();
  upload = stop;
  const { signal } = stop;
  useBatches.setState({ uploading: { id: null, sent: 0, total: files.length } });
  let summary: BatchSummary | null = null;
  let sent = 0;
  for (const portion of portions(files)) {
    const named = { files: [...portion], paths: paths.slice(sent, sent + portion.length) };
    summary =
      summary === null
        ? await client.batch.start({ ...named, name: nameOf(paths) }, { signal })
        : await client.batch.add({ id: summary.id, ...named }, { signal });
    if (sent === 0) onBegun(summary.id);
    sent += portion.length;
    useBatches.setState({ uploading: { id: summary.id, sent, total: files.length } });
  }
}

/** The chosen folder's own name, where there is one; the engine names the others. */
function nameOf(paths: readonly string[]): string {
  const tops = new Set(paths.map((path) => path.split("/")[0] ?? ""));
  const [top = ""] = tops;
  return tops.size === 1 && paths.length > 1 && paths.every((path) => path.includes("/")) ? top : "";
}

/** @param onBegun called once, with the batch's id, as soon as there is one */
export async function startBatch(picked: Picked, onBegun: (id: string) => void): Promise<void> {
  useBatches.setState({ problem: null });
  try {
    if ("path" in picked) onBegun((await client.batch.startPath(picked)).id);
    else await send(picked.files, picked.paths, onBegun);
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code !== "CANCELLED") useBatches.setState({ problem });
  } finally {
    upload = null;
    useBatches.setState({ uploading: null });
    await refreshBatches();
  }
}

/** What has been sent stays in the batch. */
export function stopSending(): void {
  upload?.abort();
}

import type { EvaluationOptionsInput, EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import { client } from "../lib/client.ts";
import { desktop } from "../lib/desktop.ts";
import { commonPath, folderFiles } from "../lib/picked-files.ts";
import { toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import { isOver, useEvaluation } from "./evaluation-store.ts";

const WATCH_AGAIN_MS = 1_500;
let upload: AbortController | null = null;

const refreshRuns = () => queryClient.invalidateQueries({ queryKey: api.evaluate.key() });

/** Follows an evaluation to its end, also over a lost connection. */
async function watch(id: string): Promise<void> {
  for (;;) {
    try {
      for await (const running of await client.evaluate.watch({ id }))
        useEvaluation.setState({ running, problem: null });
      const { running } = useEvaluation.getState();
      if (running !== null && isOver(running)) break;
    } catch (error) {
      const problem = toProblem(error);
      useEvaluation.setState({ problem });
      // An engine that was started anew knows nothing of it.
      if (!problem.retryable) {
        useEvaluation.setState({ running: null });
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH_AGAIN_MS));
  }
  await refreshRuns();
}

export type StartSource =
  | { kind: "made"; products: number }
  | { kind: "feedback" }
  | { kind: "folder"; files: File[]; paths: string[] };

function begin(source: StartSource, options: EvaluationOptionsInput, signal: AbortSignal): Promise<EvaluationSummary> {
  if (source.kind === "folder") {
    // Nothing is copied through the page where the engine can read it.
    const path = commonPath(folderFiles(source.files), desktop?.pathOf ?? (() => null));
    if (path !== null) return client.evaluate.startPath({ path, options }, { signal });
    return client.evaluate.startFolder({ files: source.files, paths: source.paths, options }, { signal });
  }
  return client.evaluate.start({ ...options, source }, { signal });
}

/** @returns the id of what runs now; null where it could not be started */
export async function startEvaluation(source: StartSource, options: EvaluationOptionsInput): Promise<string | null> {
  upload = new AbortController();
  useEvaluation.setState({ running: null, problem: null, uploading: source.kind === "folder" });
  try {
    const running = await begin(source, options, upload.signal);
    useEvaluation.setState({ running, uploading: false });
    void refreshRuns();
    void watch(running.id);
    return running.id;
  } catch (error) {
    useEvaluation.setState({ uploading: false, problem: toProblem(error) });
    return null;
  }
}

export async function cancelEvaluation(): Promise<void> {
  upload?.abort();
  const { running } = useEvaluation.getState();
  if (running === null) return;
  try {
    useEvaluation.setState({ running: await client.evaluate.cancel({ id: running.id }) });
  } catch (error) {
    useEvaluation.setState({ problem: toProblem(error) });
  }
}

/** Picks up an evaluation that runs already: the page was reloaded, or another door started it. */
export async function adoptRunning(): Promise<void> {
  const { running, uploading } = useEvaluation.getState();
  if (uploading || (running !== null && !isOver(running))) return;
  const found = (await client.evaluate.list().catch(() => [])).find((one) => !isOver(one));
  if (found === undefined) return;
  useEvaluation.setState({ running: found });
  await watch(found.id);
}

/** Hands a report to the browser's own downloads. */
export async function download(id: string, format: "csv" | "html"): Promise<void> {
  const file = await client.evaluate.export({ id, format });
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

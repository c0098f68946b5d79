import { create } from "zustand";
import type { Backup } from "../../../shared/contract/data.ts";
import { client } from "../lib/client.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";

/** A backup, or the check of one that is to be restored: it goes on when the page is left, and there is one at a time. */

export interface DataWork {
  what: "backup" | "check";
  state: "running" | "done" | "failed" | "stopped";
  /** Bytes. */
  done: number;
  total: number;
  notes: readonly string[];
  backup: Backup | null;
  problem: Problem | null;
}

export const useDataWork = create<{ work: DataWork | null }>(() => ({ work: null }));

let running: AbortController | null = null;

/** The engine stops what nobody listens to any more. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

const change = (changes: Partial<DataWork>) =>
  useDataWork.setState(({ work }) => (work === null ? {} : { work: { ...work, ...changes } }));

async function follow(what: DataWork["what"], work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (running !== null) return;
  running = new AbortController();
  const { signal } = running;
  useDataWork.setState({ work: { what, state: "running", done: 0, total: 0, notes: [], backup: null, problem: null } });
  addEventListener("beforeunload", warn);
  try {
    await work(signal);
    change({ state: "done" });
  } catch (error) {
    if (signal.aborted) change({ state: "stopped" });
    else change({ state: "failed", problem: toProblem(error) });
  } finally {
    removeEventListener("beforeunload", warn);
    running = null;
  }
  await queryClient.invalidateQueries({ queryKey: api.data.key() });
}

export function backupUrl(id: string): string {
  return `/api/v1/data/backups/${id}`;
}

/** Hands a file to the browser's own downloads. */
function download(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

export function startBackup(): Promise<void> {
  return follow("backup", async (signal) => {
    for await (const event of await client.data.backup({}, { signal })) {
      if (event.kind === "progress") change({ done: event.done, total: event.total });
      else if (event.kind === "note") change({ notes: [...(useDataWork.getState().work?.notes ?? []), event.text] });
      else {
        change({ backup: event.backup });
        if (event.backup.id !== null) download(backupUrl(event.backup.id), event.backup.file);
      }
    }
  });
}

/** Sends a backup to the engine, which checks and unpacks it; what it is stands in `data.overview` then. */
export function startCheck(file: File): Promise<void> {
  return follow("check", async (signal) => {
    for await (const event of await client.data.check({ file }, { signal })) {
      if (event.kind === "progress") change({ done: event.done, total: event.total });
    }
  });
}

export function stopDataWork(): void {
  running?.abort();
}

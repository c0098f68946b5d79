import { create } from "zustand";
import type { Backup } from "../../../shared/contract/data.ts";
import { client } from "../lib/client.ts";
import { desktop } from "../lib/desktop.ts";
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

function change(changes: Partial<DataWork>): void {
  const { work } = useDataWork.getState();
  if (work === null) return;
  useDataWork.setState({ work: { ...work, ...changes } });
}

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

/** In a browser it becomes a download; the desktop asks where to, and the engine writes it there. */
export async function startBackup(): Promise<void> {
  const name = `shelfmatch-${new Date().toISOString().slice(0, 10)}.zip`;
  const path = desktop === null ? undefined : await desktop.chooseBackupFile({ name });
  if (path === null) return;
  // The dialog has asked about a file that is there.
  const request = path === undefined ? {} : { path, replace: true };
  await follow("backup", async (signal) => {
    for await (const event of await client.data.backup(request, { signal })) {
      if (event.kind === "progress") change({ done: event.done, total: event.total });
      else if (event.kind === "note") change({ notes: [...(useDataWork.getState().work?.notes ?? []), event.text] });
      else {
        change({ backup: event.backup });
        if (event.backup.id !== null) download(backupUrl(event.backup.id), event.backup.file);
      }
    }
  });
}

/** Hands a backup to the engine (one on this machine by its path, where the desktop knows it), which checks and unpacks it; what it is stands in `data.overview` then. */
export function startCheck(file: File): Promise<void> {
  return follow("check", async (signal) => {
    const path = desktop?.pathOf(file) ?? null;
    const events =
      path === null ? await client.data.check({ file }, { signal }) : await client.data.checkPath({ path }, { signal });
    for await (const event of events) {
      if (event.kind === "progress") change({ done: event.done, total: event.total });
    }
  });
}

export function stopDataWork(): void {
  running?.abort();
}

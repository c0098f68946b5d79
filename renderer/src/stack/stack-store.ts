import { create } from "zustand";
import type { ComposeRun, MoveRun } from "./run-state.ts";

export interface StackWork {
  /** The command that runs, or the last one; outlives a change of page. */
  compose: ComposeRun | null;
  move: MoveRun | null;
}

export const useStackWork = create<StackWork>()(() => ({ compose: null, move: null }));

/** Either would pull the ground from under the other. */
export function isBusy({ compose, move }: StackWork): boolean {
  return compose?.state === "running" || move?.state === "running";
}

import type { IndexTarget, IndexTargets } from "../reconciler.ts";

/** One collection, for good. */
export const oneTarget = (target: IndexTarget): IndexTargets => ({
  current: async () => [target],
  advance: async () => "done",
});

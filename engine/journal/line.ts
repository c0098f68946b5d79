import type { Level } from "../../shared/contract/journal.ts";
import type { LogLine } from "./port.ts";

/** How lines are kept, in any store: levels as numbers, so that they can be compared; data as text. */

export const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** debug 0 ... error 3. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** One line with a cycle or a BigInt in its data must not take its whole batch with it. */
export function dataText(data: LogLine["data"]): string | null {
  try {
    return data === null ? null : JSON.stringify(data);
  } catch (error) {
    return JSON.stringify({ dataLost: error instanceof Error ? error.message : String(error) });
  }
}

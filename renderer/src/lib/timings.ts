import { msg, t } from "./i18n/i18n.ts";

/** The engine's names of its stages. */
const STAGES = {
  decode: msg("decode"),
  encode: msg("encode"),
  search: msg("search"),
  verify: msg("verify"),
  barcodes: msg("barcodes"),
  read: msg("read"),
  describe: msg("describe"),
  pictures: msg("pictures"),
  "describe by model": msg("describe by model"),
  "search by description": msg("search by description"),
} as const;

/** @returns its own name for a stage that is not known here */
export const stageName = (name: string): string =>
  Object.hasOwn(STAGES, name) ? t(STAGES[name as keyof typeof STAGES]) : name;

export interface Bar {
  name: string;
  ms: number;
  /** Start and length as shares of the whole. */
  start: number;
  length: number;
}

/**
 * Stages in the order in which they ran. The journal keeps durations, not starts: a stage is drawn after the one
 * before it, or at the end of the axis where stages ran side by side and their sum is longer than the run.
 */
export function waterfall(timings: Record<string, number>): { bars: Bar[]; total: number } {
  const stages = Object.entries(timings).filter(([name]) => name !== "total");
  const sum = stages.reduce((ms, [, stage]) => ms + stage, 0);
  const total = timings.total ?? sum;
  const axis = Math.max(total, ...stages.map(([, ms]) => ms), 0.001);
  let cursor = 0;
  const bars = stages.map(([name, ms]) => {
    const start = Math.min(cursor, axis - ms);
    cursor = start + ms;
    return { name, ms, start: start / axis, length: ms / axis };
  });
  return { bars, total };
}

/** Stages of a description by a model: they come behind the answer, and nobody waits for them. */
const BEHIND = ["describe by model", "search by description"] as const satisfies (keyof typeof STAGES)[];

/** Milliseconds until the answer was there, a model's description left out; undefined where none was taken. */
export function answeredIn(timings: Record<string, number>): number | undefined {
  const { total } = timings;
  if (total === undefined) return undefined;
  return Math.max(0, total - BEHIND.reduce((sum, name) => sum + (timings[name] ?? 0), 0));
}

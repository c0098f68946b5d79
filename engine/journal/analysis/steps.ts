const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Widths that people read a time axis by. */
const STEPS: readonly number[] = [
  ...[SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE],
  ...[30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY],
];

/** Milliseconds since the epoch; `to` is outside. */
export interface Range {
  from: number;
  to: number;
}

/** The narrowest step that needs no more than `points` of it for the range. */
export function stepFor({ from, to }: Range, points: number): number {
  const fits = (step: number) => Math.ceil(to / step) - Math.floor(from / step) <= points;
  const named = STEPS.find(fits);
  if (named !== undefined) return named;
  let years = 84 * DAY;
  while (!fits(years)) years *= 2;
  return years;
}

export const floorTo = (time: number, step: number): number => Math.floor(time / step) * step;

/** Beginnings of the steps that the range touches. */
export function stepsIn({ from, to }: Range, step: number): number[] {
  const first = floorTo(from, step);
  return Array.from({ length: Math.max(1, Math.ceil((to - first) / step)) }, (_, at) => first + at * step);
}

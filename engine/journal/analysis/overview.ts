import type { JournalFilter, JournalOverview, Level } from "../../../shared/contract/journal.ts";
import { LEVELS, levelRank } from "../line.ts";
import { floorTo, HOUR, MINUTE, type Range, stepFor, stepsIn } from "./steps.ts";

/** How many lines of a level and a component there are in one stretch of time. */
export interface LineCell {
  /** Beginning of the stretch, milliseconds since the epoch. */
  time: number;
  /** Rank: debug 0 ... error 3. */
  level: number;
  component: string;
  count: number;
}

/** What a store counts lines by. Ranges are those of the lines' own times. */
export interface LineCounts {
  /** From the oldest line's hour to behind the newest line; null of an empty journal. */
  extent(): Promise<Range | null>;
  /** Kept sums; the range begins and ends at whole stretches of `grain`. */
  kept(grain: "minute" | "hour", range: Range): Promise<LineCell[]>;
  /** Counted from the lines. */
  counted(range: Range, step: number): Promise<LineCell[]>;
  /** Lines that fit the filter but for its levels and components, the newest first, no more than is quickly found. */
  found(filter: JournalFilter): Promise<{ lines: Omit<LineCell, "count">[]; complete: boolean }>;
}

/** Ranks of the levels that a filter lets through; null where it lets all. */
export function levelsOf({ level, levels }: Pick<JournalFilter, "level" | "levels">): number[] | null {
  if (levels !== undefined && levels.length > 0) {
    const least = level === undefined ? 0 : levelRank(level);
    return levels.map(levelRank).filter((rank) => rank >= least);
  }
  if (level === undefined || level === "debug") return null;
  return LEVELS.map(levelRank).filter((rank) => rank >= levelRank(level));
}

/** Components that a filter lets through; null where it lets all. */
export function componentsOf({ component, components }: Pick<JournalFilter, "component" | "components">) {
  if (component === undefined && (components === undefined || components.length === 0)) return null;
  return [...new Set([...(components ?? []), ...(component === undefined ? [] : [component])])];
}

/** Whether the filter asks for more than levels, components and a time: then lines must be looked for. */
const isSearch = ({ runId, problem, text }: JournalFilter) =>
  runId !== undefined || problem !== undefined || (text !== undefined && text !== "");

/** The range that a filter's times and the journal's own extent leave. */
function rangeOf({ since, until }: JournalFilter, extent: Range): Range {
  const from = since === undefined ? extent.from : Date.parse(since);
  // `until` is inside, a range's end is not.
  const to = until === undefined ? extent.to : Date.parse(until) + 1;
  return { from, to: Math.max(to, from + 1) };
}

/** Exact counts of a range: kept sums for whole stretches, the rest at both ends counted. */
async function cellsIn(counts: LineCounts, range: Range, extent: Range, step: number): Promise<LineCell[]> {
  if (step < MINUTE) return counts.counted(range, step);
  const [grain, width] = step < HOUR ? (["minute", MINUTE] as const) : (["hour", HOUR] as const);
  // Where the journal ends, a whole stretch has no more lines than a part of it.
  const from = range.from <= extent.from ? floorTo(range.from, width) : Math.ceil(range.from / width) * width;
  const to = range.to >= extent.to ? Math.ceil(range.to / width) * width : floorTo(range.to, width);
  if (from >= to) return counts.counted(range, step);
  const [before, kept, after] = await Promise.all([
    range.from < from ? counts.counted({ from: range.from, to: from }, width) : [],
    counts.kept(grain, { from, to }),
    to < range.to ? counts.counted({ from: to, to: range.to }, width) : [],
  ]);
  return [...before, ...kept, ...after];
}

const EMPTY_LEVELS = (): Record<Level, number> => ({ debug: 0, info: 0, warn: 0, error: 0 });

/**
 * Counts of what fits: in all, by level, by component and over time.
 * @param points bars at most
 */
export async function overviewOf(
  counts: LineCounts,
  filter: JournalFilter,
  points: number,
): Promise<Omit<JournalOverview, "indexed">> {
  const extent = await counts.extent();
  const nothing = { total: 0, complete: true, levels: EMPTY_LEVELS(), components: [] };
  if (extent === null) return { ...nothing, histogram: { stepMs: MINUTE, bars: [] } };
  let range = rangeOf(filter, extent);
  let cells: LineCell[];
  let complete = true;
  if (isSearch(filter)) {
    const found = await counts.found(filter);
    complete = found.complete;
    cells = found.lines.map((line) => ({ ...line, count: 1 }));
    const times = found.lines.map(({ time }) => time);
    // Nothing said of the time: the axis is that of what was found.
    if (times.length > 0 && filter.since === undefined) {
      range = { from: times.reduce((a, b) => Math.min(a, b)), to: range.to };
    }
    if (times.length > 0 && filter.until === undefined) {
      range = { from: range.from, to: times.reduce((a, b) => Math.max(a, b)) + 1 };
    }
  } else {
    cells = await cellsIn(counts, range, extent, stepFor(range, points));
  }
  return { complete, ...summed(cells, filter, range, stepFor(range, points)) };
}

function summed(cells: readonly LineCell[], filter: JournalFilter, range: Range, stepMs: number) {
  const levels = EMPTY_LEVELS();
  const byComponent = new Map<string, number>();
  const wantedLevels = levelsOf(filter);
  const wantedComponents = componentsOf(filter);
  const times = stepsIn(range, stepMs);
  const bars = times.map((time) => ({ time: new Date(time).toISOString(), ...EMPTY_LEVELS() }));
  let total = 0;
  for (const { time, level, component, count } of cells) {
    const name = LEVELS[level] ?? "error";
    const fitsLevel = wantedLevels === null || wantedLevels.includes(level);
    const fitsComponent = wantedComponents === null || wantedComponents.includes(component);
    if (fitsComponent) levels[name] += count;
    if (fitsLevel) byComponent.set(component, (byComponent.get(component) ?? 0) + count);
    if (!fitsLevel || !fitsComponent) continue;
    total += count;
    const bar = bars[Math.floor((time - (times[0] ?? 0)) / stepMs)];
    if (bar !== undefined) bar[name] += count;
  }
  const components = [...byComponent].map(([name, count]) => ({ name, count }));
  components.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return { total, levels, components, histogram: { stepMs, bars } };
}

import { type JournalFilter, type Level, levelSchema } from "../../../shared/contract/journal.ts";

const MINUTE = 60_000;
export const SPANS = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10_080, "30d": 43_200 } as const;
export type Span = keyof typeof SPANS;

/** What the journal is filtered by, as the address says it. */
export interface LogFilters {
  levels: Level[];
  components: string[];
  runId: string | null;
  problem: string | null;
  text: string;
  /** The last minutes, hours or days; or from and to, in ISO 8601. */
  span: Span | null;
  from: string | null;
  to: string | null;
}

function isSpan(value: string | null): value is Span {
  return value !== null && Object.hasOwn(SPANS, value);
}

function momentOf(value: string | null): string | null {
  const time = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

export function filtersOf(params: URLSearchParams): LogFilters {
  const span = params.get("span");
  return {
    levels: levelSchema.options.filter((level) => params.getAll("level").includes(level)),
    components: [...new Set(params.getAll("component"))],
    runId: params.get("run"),
    problem: params.get("problem"),
    text: params.get("text")?.slice(0, 500) ?? "",
    span: isSpan(span) ? span : null,
    from: momentOf(params.get("from")),
    to: momentOf(params.get("to")),
  };
}

/** The moment that the list begins at, where somebody has jumped to one. */
export const jumpOf = (params: URLSearchParams): string | null => momentOf(params.get("at"));

/** The part of the filters that new lines are held against too. */
export function followedBy({ levels, components, runId, problem, text }: LogFilters) {
  return {
    ...(levels.length === 0 ? {} : { levels }),
    ...(components.length === 0 ? {} : { components }),
    ...(runId === null ? {} : { runId }),
    ...(problem === null ? {} : { problem }),
    ...(text === "" ? {} : { text }),
  };
}

/**
 * @param now milliseconds since the epoch; rounded down to the minute, so that the query stays the same for a while
 */
export function timesOf({ span, from, to }: LogFilters, now: number): { since?: string; until?: string } {
  if (span !== null) return { since: new Date(Math.floor(now / MINUTE) * MINUTE - SPANS[span] * MINUTE).toISOString() };
  return { ...(from === null ? {} : { since: from }), ...(to === null ? {} : { until: to }) };
}

/** The whole of the filters, as the engine is asked. */
export const askedBy = (filters: LogFilters, now: number): JournalFilter => ({
  ...followedBy(filters),
  ...timesOf(filters, now),
});

/** Whether anything is filtered by, so that there is something to clear. */
export const isFiltered = (filters: LogFilters): boolean => Object.keys(askedBy(filters, 0)).length > 0;

export const NO_FILTERS = {
  ...{ level: undefined, component: undefined, run: undefined, problem: undefined, text: undefined },
  ...{ span: undefined, from: undefined, to: undefined, at: undefined },
};

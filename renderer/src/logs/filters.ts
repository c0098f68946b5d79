import { type JournalQuery, type Level, levelSchema } from "../../../shared/contract/journal.ts";

export const SPANS = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10_080 } as const;
export type Span = keyof typeof SPANS;

/** What the journal is filtered by, as the address says it. */
export interface LogFilters {
  level: Level | null;
  component: string | null;
  runId: string | null;
  text: string;
  span: Span | null;
}

function isSpan(value: string | null): value is Span {
  return value !== null && Object.hasOwn(SPANS, value);
}

export function filtersOf(params: URLSearchParams): LogFilters {
  const level = levelSchema.safeParse(params.get("level"));
  const span = params.get("span");
  return {
    level: level.success ? level.data : null,
    component: params.get("component"),
    runId: params.get("run"),
    text: params.get("text")?.slice(0, 500) ?? "",
    span: isSpan(span) ? span : null,
  };
}

type Followed = Pick<JournalQuery, "level" | "component" | "runId" | "text">;

/** The part of the filters that new lines are held against too. */
export function followedBy({ level, component, runId, text }: LogFilters): Followed {
  return {
    ...(level === null ? {} : { level }),
    ...(component === null ? {} : { component }),
    ...(runId === null ? {} : { runId }),
    ...(text === "" ? {} : { text }),
  };
}

/** @param now milliseconds since the epoch; rounded down to the minute, so that the query stays the same for a while */
export function sinceOf(span: Span | null, now: number): { since?: string } {
  if (span === null) return {};
  const minute = 60_000;
  return { since: new Date(Math.floor(now / minute) * minute - SPANS[span] * minute).toISOString() };
}

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import { TimingsChart } from "../lib/timings-chart.tsx";

const DAY_MS = 86_400_000;
const DAYS = 7;
/** Fewer runs have no median to speak of. */
const ENOUGH = 5;

/** A run's stages beside what they take in half of the runs of the week around it. */
export function ComparedTimings({ time, timings }: { time: string; timings: Record<string, number> }) {
  const around = Math.ceil(Date.parse(time) / DAY_MS) * DAY_MS;
  const range = { since: new Date(around - DAYS * DAY_MS).toISOString(), until: new Date(around).toISOString() };
  // What can't be compared is shown all the same.
  const figures = useQuery(api.journal.figures.queryOptions({ input: { ...range, points: 1 }, retry: false }));
  const stages = figures.data?.stages.filter(({ count }) => count >= ENOUGH) ?? [];
  const runs = figures.data?.stages.find(({ name }) => name === "total")?.count ?? 0;
  return (
    <>
      <TimingsChart
        timings={timings}
        {...(stages.length === 0 ? {} : { medians: new Map(stages.map(({ name, p50 }) => [name, p50])) })}
      />
      {stages.length > 0 && (
        <Text size="xs" c="dimmed">
          {t("Median of {count, plural, one {# run} other {# runs}} of the week", { count: runs })}
        </Text>
      )}
    </>
  );
}

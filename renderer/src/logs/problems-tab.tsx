import { Checkbox, Select } from "@mantine/core";
import { IconMoodCheck } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { problemStateSchema } from "../../../shared/contract/journal.ts";
import type { ParamChanges } from "../lib/address.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { filtersOf, timesOf } from "./filters.ts";
import { ListSkeleton } from "./list-skeleton.tsx";
import classes from "./logs-page.module.css";
import { ProblemCard } from "./problem-card.tsx";
import { STATE_WORDS, stateOf } from "./problem-state.ts";
import { TimeFilter } from "./time-filter.tsx";

interface Props {
  params: URLSearchParams;
  onChange: (changes: ParamChanges, replace?: boolean) => void;
  onOpenRun: (runId: string) => void;
}

/** Errors that say the same, as one each: what is open first, what people have dealt with on demand. */
export function ProblemsTab({ params, onChange, onOpenRun }: Props) {
  const filters = filtersOf(params);
  const warnings = params.get("warnings") === "1";
  const parsed = problemStateSchema.or(problemStateSchema.catch("known")).safeParse(params.get("state"));
  const state = params.get("state") === null || !parsed.success ? null : parsed.data;
  const list = useQuery(
    api.journal.problems.queryOptions({
      input: { ...timesOf(filters, Date.now()), level: warnings ? "warn" : "error", limit: 500, points: 24 },
      placeholderData: keepPreviousData,
      refetchInterval: 30_000,
    }),
  );
  const all = list.data ?? [];
  const shown = all.filter((problem) => (state === null ? stateOf(problem) === "open" : stateOf(problem) === state));
  const count = (which: "open" | "known" | "ignored" | "resolved") =>
    all.filter((problem) => stateOf(problem) === which).length;
  return (
    <>
      <div className={classes.tools}>
        <Select
          w={180}
          aria-label={t("State")}
          allowDeselect={false}
          data={[
            { value: "open", label: `${t("Open")} (${count("open")})` },
            ...problemStateSchema.options.map((value) => ({
              value,
              label: `${t(STATE_WORDS[value])} (${count(value)})`,
            })),
          ]}
          value={state ?? "open"}
          onChange={(value) => onChange({ state: value === "open" ? undefined : (value ?? undefined) }, true)}
        />
        <TimeFilter
          filters={filters}
          jump={null}
          onChange={(changes) => onChange({ ...changes, at: undefined }, true)}
        />
        <Checkbox
          label={t("Warnings too")}
          checked={warnings}
          onChange={(event) => onChange({ warnings: event.currentTarget.checked ? "1" : undefined }, true)}
        />
      </div>
      {list.isError && <ProblemNote problem={toProblem(list.error)} onRetry={() => void list.refetch()} />}
      {list.isPending && <ListSkeleton />}
      {list.isSuccess && (
        <div className={classes.list}>
          {shown.length === 0 ? (
            <EmptyState icon={IconMoodCheck} title={t("No errors here")}>
              {all.length === 0
                ? t("Nothing went wrong in this time.")
                : t("What went wrong in this time has another state.")}
            </EmptyState>
          ) : (
            <ul className={classes.plain} aria-label={t("Errors, those seen last first")}>
              {shown.map((problem) => (
                <ProblemCard
                  key={problem.fingerprint}
                  problem={problem}
                  onOpenRun={onOpenRun}
                  onShowLines={() =>
                    onChange({ tab: undefined, problem: problem.fingerprint, level: undefined, component: undefined })
                  }
                />
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

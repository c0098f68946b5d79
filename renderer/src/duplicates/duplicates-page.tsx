import { Button, Pagination, Progress, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconCopy as IconCopies, IconCopyCheck, IconHistory, IconRefresh } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useSearchParams } from "wouter";
import type { SearchState } from "../../../shared/contract/duplicates.ts";
import { changedParams } from "../lib/address.ts";
import { client } from "../lib/client.ts";
import { EmptyState } from "../lib/empty-state.tsx";
import { formatTime } from "../lib/format.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import { Page } from "../lib/page.tsx";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { DecisionsList } from "./decisions-list.tsx";
import classes from "./duplicates.module.css";
import { DuplicatesOf } from "./duplicates-of.tsx";
import { PairCard } from "./pair-card.tsx";
import { attempt, refresh } from "./use-decisions.tsx";

const PAGE_SIZE = 20;
const PAGE_BUTTONS = {
  first: msg("First page"),
  previous: msg("Previous page"),
  next: msg("Next page"),
  last: msg("Last page"),
} as const;
const RUNNING_POLL_MS = 1_000;

const start = () => void attempt(() => client.duplicates.search());

/** Products that may be one, or variants of one another: of all, or of the one that the address names. */
export function DuplicatesPage() {
  const [params] = useSearchParams();
  const sku = params.get("product") ?? "";
  return sku === "" ? <AllDuplicates /> : <DuplicatesOf sku={sku} />;
}

function AllDuplicates() {
  const [params, setParams] = useSearchParams();
  const [decided, decisions] = useDisclosure(false);
  const page = Math.max(1, Number(params.get("page") ?? 1) || 1);
  const state = useQuery(
    api.duplicates.state.queryOptions({
      refetchInterval: ({ state: { data } }) => (data?.state === "running" ? RUNNING_POLL_MS : false),
    }),
  );
  const list = useQuery(
    api.duplicates.list.queryOptions({ input: { page, pageSize: PAGE_SIZE }, placeholderData: keepPreviousData }),
  );
  const running = state.data?.state === "running";
  useEffect(() => {
    if (!running) void refresh();
  }, [running]);
  const error = state.error ?? list.error;
  const pages = Math.ceil((list.data?.total ?? 0) / PAGE_SIZE);

  return (
    <Page
      title={t("Duplicates and variants")}
      actions={
        <>
          <Button
            component={Link}
            href="/catalogue"
            variant="default"
            leftSection={<IconArrowLeft size={16} stroke={1.7} />}
          >
            {t("Catalogue")}
          </Button>
          <Button variant="default" leftSection={<IconHistory size={16} stroke={1.7} />} onClick={decisions.open}>
            {t("Decisions")}
          </Button>
          <Button leftSection={<IconRefresh size={16} stroke={2} />} disabled={running} onClick={start}>
            {t("Look for duplicates")}
          </Button>
        </>
      }
    >
      {error !== null && <ProblemNote problem={toProblem(error)} onRetry={() => void refresh()} />}
      {list.isPending && error === null && (
        <Stack gap="sm" role="status" aria-label={t("Loading the pairs")}>
          <Skeleton height={150} />
          <Skeleton height={150} />
        </Stack>
      )}
      {state.data !== undefined && <Status state={state.data} />}
      {list.data !== undefined && list.data.total === 0 && !running && <Nothing state={state.data?.state ?? "never"} />}
      {list.data !== undefined && list.data.total > 0 && (
        <section className={classes.list} aria-label={t("Products that may be the same")}>
          {list.data.items.map((pair) => (
            <PairCard key={pair.products.map(({ sku }) => sku).join(" ")} pair={pair} />
          ))}
        </section>
      )}
      {pages > 1 && (
        <Pagination
          mx="auto"
          size="sm"
          total={pages}
          value={Math.min(page, pages)}
          onChange={(next) => setParams((now) => changedParams(now, { page: String(next) }))}
          getControlProps={(control) => ({ "aria-label": t(PAGE_BUTTONS[control]) })}
        />
      )}
      <DecisionsList opened={decided} onClose={decisions.close} />
    </Page>
  );
}

function Status({ state: { state, done, total, found, finishedAt, error } }: { state: SearchState }) {
  if (state === "running") {
    const percent = total === 0 ? 0 : (done / total) * 100;
    return (
      <div className={classes.tools}>
        <span role="status">{t("Looking for duplicates…")}</span>
        <Progress className={classes.progress ?? ""} value={percent} aria-label={t("How far the search is")} />
        <Button size="compact-sm" variant="default" onClick={() => void attempt(() => client.duplicates.cancel())}>
          {t("Stop")}
        </Button>
      </div>
    );
  }
  const when = finishedAt === null ? "" : `, ${t("as of {time}", { time: formatTime(finishedAt) })}`;
  return (
    <div className={classes.tools} role="status">
      {state === "failed" && `${t("The search stopped:")} ${error ?? ""}`}
      {state !== "never" &&
        state !== "failed" &&
        `${t("{count, plural, one {# pair} other {# pairs}} to decide", { count: found })}${when}`}
    </div>
  );
}

function Nothing({ state }: { state: SearchState["state"] }) {
  if (state === "never" || state === "cancelled") {
    return (
      <EmptyState
        icon={IconCopies}
        title={t("Not looked for yet")}
        actions={<Button onClick={start}>{t("Look for duplicates")}</Button>}
      >
        {t(
          "Pictures that are each other's nearest, shared names and barcodes of one article show what may be in the catalogue twice. Nothing is changed by looking.",
        )}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconCopyCheck} title={t("Nothing to decide")}>
      {t("No two products look like one, or all that do were decided. After an import, look again.")}
    </EmptyState>
  );
}

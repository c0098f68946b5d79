import { Anchor, Badge, Button, Group, Kbd, Skeleton, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import type { BatchDecisionAnswer, BatchItemDetail, BatchSummary } from "../../../shared/contract/batch.ts";
import { batchPictureUrl } from "../lib/client.ts";
import { formatPercent } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api, queryClient } from "../lib/queries.ts";
import { verdictWording } from "../lib/verdict.ts";
import { useBatches } from "./batch-store.ts";
import { Candidates } from "./candidates.tsx";
import { decide, undo } from "./decide.ts";
import classes from "./item-detail.module.css";
import { DECISION_LABEL, OUTCOME_COLOR, OUTCOME_LABEL, outcomeOfItem } from "./labels.ts";
import { Pair } from "./pair.tsx";
import { ProductSearch } from "./product-search.tsx";

interface Props {
  batch: BatchSummary;
  item: number;
  /** All that the filter leaves, in their order. */
  items: readonly number[];
  onOpen: (item: number) => void;
}

const detailOf = (id: string, item: number) =>
  api.batch.item.queryOptions({ input: { id, item }, staleTime: Number.POSITIVE_INFINITY });

/** The next one, from here on and then from the start, that nobody has decided. @returns null where all are */
async function nextOpen(id: string, items: readonly number[], place: number): Promise<number | null> {
  const { items: open } = await queryClient.fetchQuery(
    api.batch.order.queryOptions({ input: { id, decision: "open" }, staleTime: 0 }),
  );
  const undecided = new Set(open);
  const later = [...items.slice(place + 1), ...items.slice(0, place + 1)];
  return later.find((item) => undecided.has(item)) ?? null;
}

/** The photo whole, then as every browser shows it; one that nobody has read yet may have no such form. */
function photosOf(id: string, { item, state }: BatchItemDetail): string[] {
  if (state === "failed") return [];
  const full = batchPictureUrl(id, item, "full");
  return state === "waiting" || state === "running" ? [full] : [full, batchPictureUrl(id, item, "thumbnail")];
}

/** The photo that is looked at, what was found, and what a person says of it: by buttons, or one key each. */
export function ItemDetail({ batch, item, items, onOpen }: Props) {
  const { id } = batch;
  const { data, error, isPending, refetch } = useQuery(detailOf(id, item));
  const [searching, search] = useDisclosure(false);
  const undoable = useBatches(({ strokes }) => strokes.some((stroke) => stroke.batch === id));
  const place = items.indexOf(item);
  const step = (by: number) => {
    const next = items[Math.min(items.length - 1, Math.max(0, place + by))];
    if (next !== undefined) onOpen(next);
  };
  const ahead = items[place + 1];
  // So that the next one is there when it is asked for.
  useEffect(() => {
    if (ahead === undefined) return;
    void queryClient.prefetchQuery(detailOf(id, ahead));
    new Image().src = batchPictureUrl(id, ahead, "full");
  }, [id, ahead]);

  const say = async (answer: BatchDecisionAnswer, sku?: string) => {
    // Fetched ahead, it may have been waiting still.
    const { state, decision } = await queryClient.fetchQuery(detailOf(id, item));
    if (state !== "done") return;
    const taken = await decide(id, [item], answer, { before: decision, ...(sku === undefined ? {} : { sku }) });
    if (taken) step(1);
  };
  const takeBack = async () => {
    const [first] = (await undo(id)) ?? [];
    if (first !== undefined) onOpen(first);
  };
  const decidable = data?.state === "done";
  const keys: Record<string, () => unknown> = {
    A: () => say("right"),
    C: () => decidable && search.open(),
    R: () => say("absent"),
    U: takeBack,
    J: () => step(1),
    K: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    N: async () => {
      const next = await nextOpen(id, items, place);
      if (next !== null) onOpen(next);
    },
  };
  // What is typed into a dialog that is just opening decides nothing behind it.
  const free = () => document.querySelector('[aria-modal="true"]') === null;
  useHotkeys(Object.entries(keys).map(([key, act]) => [key, () => void (free() && act())]));

  return (
    <section className={classes.detail} aria-label={t("The photo and its match")}>
      {isPending ? (
        <Skeleton height="60%" role="status" aria-label={t("Loading the photo")} />
      ) : data === undefined ? (
        <div className={classes.body}>
          <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <>
          <Pair
            key={item}
            file={data.file}
            photos={photosOf(id, data)}
            result={data.result}
            candidate={data.result?.matches[0] ?? null}
          />
          <div className={classes.body}>
            <Answer detail={data} onOpen={onOpen} />
            {data.result !== null && (
              <Candidates detail={data} result={data.result} onPick={(sku) => void say("this", sku)} />
            )}
          </div>
        </>
      )}
      <Group className={classes.bar ?? ""} gap={6} role="group" aria-label={t("Your decision")}>
        <Stroke
          name={t("Accept")}
          cap="A"
          icon={IconCheck}
          disabled={!decidable}
          primary
          onClick={() => void say("right")}
        />
        <Stroke name={t("Correct")} cap="C" icon={IconPencil} disabled={!decidable} onClick={search.open} />
        <Stroke name={t("Reject")} cap="R" icon={IconX} disabled={!decidable} onClick={() => void say("absent")} />
        <Stroke name={t("Undo")} cap="U" icon={IconArrowBackUp} disabled={!undoable} onClick={() => void takeBack()} />
        <Text size="xs" c="dimmed" className={classes.hint ?? ""}>
          <Kbd size="xs">J</Kbd> <Kbd size="xs">K</Kbd> {t("next, previous")} · <Kbd size="xs">N</Kbd>{" "}
          {t("next not decided")} · <Kbd size="xs">?</Kbd> {t("help")}
        </Text>
      </Group>
      <ProductSearch
        opened={searching}
        onClose={search.close}
        onPick={(sku) => {
          search.close();
          void say("this", sku);
        }}
      />
    </section>
  );
}

function Answer({ detail, onOpen }: { detail: BatchItemDetail; onOpen: (item: number) => void }) {
  const { result, error, decision, sameAs, file, runId } = detail;
  const outcome = outcomeOfItem(detail);
  const wording = result === null ? null : verdictWording(result);
  return (
    <div className={classes.answer}>
      <div className={classes.answerHead}>
        <Badge variant="light" color={OUTCOME_COLOR[outcome]} tt="none" fw={550}>
          {t(OUTCOME_LABEL[outcome])}
        </Badge>
        {decision !== null && (
          <Badge variant="filled" color="slate" tt="none" fw={550} data-testid="decision">
            {decision.product === null
              ? t(DECISION_LABEL[decision.answer])
              : `${t(DECISION_LABEL[decision.answer])}: ${decision.product.name}`}
          </Badge>
        )}
      </div>
      {wording !== null && (
        <>
          <h2 className={classes.headline}>{wording.headline}</h2>
          <Text size="sm" c="dimmed">
            {wording.detail}
          </Text>
        </>
      )}
      {error !== null && (
        <div role="alert">
          <Text size="sm">{error.message}</Text>
          <code>{error.code}</code>
        </div>
      )}
      {sameAs !== null && (
        <Text size="sm">
          {t("The same photo is in this batch already.")}{" "}
          <Button size="compact-xs" variant="default" onClick={() => onOpen(sameAs)}>
            {t("Show it")}
          </Button>
        </Text>
      )}
      <Text size="xs" c="dimmed" className={classes.file ?? ""}>
        {file}
        {runId !== null && result !== null && (
          <>
            {" · "}
            <Anchor
              component={Link}
              size="xs"
              underline="always"
              href={`/journal?tab=runs&detail=${encodeURIComponent(runId)}`}
            >
              {t("In the journal")}
            </Anchor>
          </>
        )}
        {result?.matches[0]?.inliers != null &&
          ` · ${t("{count, plural, one {# point agrees} other {# points agree}}", { count: result.matches[0].inliers })}`}
        {result?.matches[0]?.similarity.image != null &&
          ` · ${t("looks {share} alike", { share: formatPercent(Math.max(0, result.matches[0].similarity.image)) })}`}
      </Text>
    </div>
  );
}

interface StrokeProps {
  name: string;
  cap: string;
  icon: typeof IconCheck;
  disabled: boolean;
  primary?: boolean;
  onClick: () => void;
}

function Stroke({ name, cap, icon: Icon, disabled, primary = false, onClick }: StrokeProps) {
  return (
    <Button
      size="xs"
      px={10}
      variant={primary ? "filled" : "default"}
      leftSection={<Icon size={16} stroke={2} />}
      rightSection={
        <Kbd size="xs" aria-hidden>
          {cap}
        </Kbd>
      }
      aria-keyshortcuts={cap}
      disabled={disabled}
      onClick={onClick}
    >
      {name}
    </Button>
  );
}

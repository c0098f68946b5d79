import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Change, ChangeSource, FieldChange } from "../../../shared/contract/history.ts";
import { formatTime } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";
import { columnOf } from "./grid/columns.ts";

const PAGE = 30;

const KINDS: Record<Change["kind"], Message> = {
  added: msg("Added"),
  changed: msg("Changed"),
  deleted: msg("Deleted"),
  restored: msg("Put back"),
};
const SOURCES: Record<ChangeSource, Message> = {
  edit: msg("by hand"),
  bulk: msg("with others"),
  import: msg("by an import"),
  merge: msg("by a merge"),
  confirmed: msg("by a confirmed photo"),
  draft: msg("by a draft"),
  revert: msg("by an undo"),
  restore: msg("from the bin"),
};

/** What became of a product, newest first; each change can be taken back by itself. */
export function ProductHistory({ sku }: { sku: string }) {
  const queries = useQueryClient();
  const history = useInfiniteQuery(
    api.history.list.infiniteOptions({
      input: (before: number | undefined) => ({ sku, limit: PAGE, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    }),
  );
  const revert = useMutation(
    api.history.revert.mutationOptions({
      onSuccess: async (saved) => {
        queries.setQueryData(api.catalog.get.queryKey({ input: { sku: saved.sku } }), saved);
        await queries.invalidateQueries({ queryKey: api.history.key() });
        await queries.invalidateQueries({ queryKey: api.catalog.list.key() });
      },
    }),
  );
  if (history.isError) return <ProblemNote problem={toProblem(history.error)} onRetry={() => void history.refetch()} />;
  const changes = history.data?.pages.flat() ?? [];
  return (
    <Stack gap="sm">
      {revert.error !== null && <ProblemNote problem={toProblem(revert.error)} />}
      {history.isSuccess && changes.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("Nothing was noted down of this product yet.")}
        </Text>
      )}
      <Stack gap="md" component="ol" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("History")}>
        {changes.map((change) => (
          <li key={change.id}>
            <Group gap="xs" wrap="nowrap">
              <Text size="sm" fw={600}>
                {t(KINDS[change.kind])}
              </Text>
              <Source change={change} />
              <Text size="xs" c="dimmed" ml="auto" style={{ whiteSpace: "nowrap" }}>
                {formatTime(change.time)}
              </Text>
              {change.fields.length > 0 && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconArrowBackUp size={14} />}
                  loading={revert.isPending && revert.variables?.id === change.id}
                  onClick={() => revert.mutate({ id: change.id })}
                >
                  {t("Revert")}
                </Button>
              )}
            </Group>
            {change.fields.map((field) => (
              <Field key={field.field} change={field} />
            ))}
          </li>
        ))}
      </Stack>
      {history.hasNextPage && (
        <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {t("Older changes")}
        </Button>
      )}
    </Stack>
  );
}

function Source({ change: { source, job } }: { change: Change }) {
  const badge = (
    <Badge variant="light" color="slate" tt="none" fw={550}>
      {t(SOURCES[source])}
    </Badge>
  );
  if (source !== "confirmed" || job === null) return badge;
  return <Link href={`/journal?tab=runs&detail=${encodeURIComponent(job)}`}>{badge}</Link>;
}

function Field({ change: { field, before, after } }: { change: FieldChange }) {
  const label = columnOf(field)?.label;
  return (
    <Group gap={6} mt={4} wrap="wrap" align="center" fz="sm">
      <Text span size="sm" c="dimmed">
        {label === undefined ? field.replace(/^attributes\./, "") : t(label)}
      </Text>
      <Value value={before} />
      <Text span size="sm" c="dimmed" aria-label={t("became")}>
        →
      </Text>
      <Value value={after} />
    </Group>
  );
}

function Value({ value }: { value: FieldChange["before"] }) {
  if (Array.isArray(value)) {
    if (value.length === 0)
      return (
        <Text span size="sm">
          {t("no picture")}
        </Text>
      );
    return (
      <Group gap={4}>
        {value.map(({ hash }) => (
          <Thumbnail key={hash} hash={hash} size={32} />
        ))}
      </Group>
    );
  }
  return (
    <Text span size="sm" style={{ overflowWrap: "anywhere" }} lineClamp={4}>
      {value === null || value === "" ? "–" : value}
    </Text>
  );
}

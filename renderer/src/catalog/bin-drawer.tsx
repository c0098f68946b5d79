import { Button, Drawer, Group, Pagination, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconRestore, IconSearch, IconTrash } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { BIN_DAYS, type BinEntry } from "../../../shared/contract/bin.ts";
import { Confirm } from "../lib/confirm.tsx";
import { formatTime } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { Thumbnail } from "../lib/thumbnail.tsx";

const PAGE_SIZE = 50;

/** Deleted products, to be put back. */
export function BinDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={560}
      title={t("Deleted products")}
      closeButtonProps={{ "aria-label": t("Close") }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      <Bin />
    </Drawer>
  );
}

function Bin() {
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed.trim(), 150);
  const [page, setPage] = useState(1);
  const queries = useQueryClient();
  const list = useQuery(
    api.bin.list.queryOptions({
      input: { page, pageSize: PAGE_SIZE, ...(text === "" ? {} : { text }) },
      placeholderData: keepPreviousData,
    }),
  );
  const refresh = () =>
    Promise.all(
      [api.bin.key(), api.catalog.key(), api.system.health.key()].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  const restore = useMutation(api.bin.restore.mutationOptions({ onSuccess: refresh }));
  const purge = useMutation(api.bin.purge.mutationOptions({ onSuccess: refresh }));
  const error = list.error ?? restore.error ?? purge.error;
  const items = list.data?.items ?? [];
  const pages = Math.ceil((list.data?.total ?? 0) / PAGE_SIZE);
  const put = (entries: readonly BinEntry[]) => restore.mutate({ ids: entries.map(({ id }) => id) });

  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("What was deleted is kept for {days} days, with its pictures.", { days: BIN_DAYS })}
      </Text>
      <Group wrap="nowrap">
        <TextInput
          flex={1}
          type="search"
          aria-label={t("Search the deleted products")}
          placeholder={t("Name or SKU")}
          leftSection={<IconSearch size={16} />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setPage(1);
          }}
        />
        <Button variant="default" disabled={items.length === 0} loading={restore.isPending} onClick={() => put(items)}>
          {t("Put all {count} back", { count: items.length })}
        </Button>
      </Group>
      {error !== null && <ProblemNote problem={toProblem(error)} onRetry={() => void list.refetch()} />}
      {restore.data?.refused.map(({ id, message }) => (
        <Text key={id} size="sm" c="var(--sm-danger)" role="alert">
          {message}
        </Text>
      ))}
      {list.data?.total === 0 && (
        <Text size="sm" ta="center" py="xl">
          {text === "" ? t("Nothing was deleted.") : t("No deleted product fits.")}
        </Text>
      )}
      <Stack gap={4} component="ul" p={0} m={0} aria-label={t("Deleted products")} style={{ listStyle: "none" }}>
        {items.map((entry) => (
          <Group key={entry.id} component="li" wrap="nowrap" gap="sm" py={4}>
            <Thumbnail hash={entry.picture} size={40} />
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm" fw={550} truncate>
                {entry.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {entry.sku} · {formatTime(entry.deletedAt)}
              </Text>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRestore size={14} />}
              aria-label={t("Put {name} back", { name: entry.name })}
              onClick={() => put([entry])}
            >
              {t("Put back")}
            </Button>
            <Confirm
              compact
              label={t("Delete for good")}
              ariaLabel={t("Delete {name} for good", { name: entry.name })}
              icon={IconTrash}
              title={t("Delete for good?")}
              confirm={t("Delete for good")}
              keep={t("Keep it")}
              onConfirm={() => purge.mutate({ ids: [entry.id] })}
            >
              {t("{name} and its pictures can't be put back after that.", { name: entry.name })}
            </Confirm>
          </Group>
        ))}
      </Stack>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={page}
          onChange={setPage}
          getControlProps={(control) => ({ "aria-label": control === "next" ? t("Next page") : t("Previous page") })}
        />
      )}
    </Stack>
  );
}

import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SavedView } from "../../../shared/contract/views.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";

interface Props {
  /** The filter of now, as a saved one would keep it; empty where nothing is filtered. */
  search: string;
  onChoose: (search: string) => void;
}

/** Saved filters: chosen, added under a name, and removed - which can be taken back. */
export function ViewsMenu({ search, onChoose }: Props) {
  const [opened, menu] = useDisclosure(false);
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const views = useQuery(api.views.list.queryOptions());
  const refresh = () => queries.invalidateQueries({ queryKey: api.views.key() });
  const save = useMutation(api.views.save.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(api.views.remove.mutationOptions({ onSuccess: refresh }));
  const known = views.data ?? [];
  const current = known.find((view) => view.search === search);
  const error = save.error ?? remove.error ?? views.error;

  const removeView = (view: SavedView) =>
    remove.mutate(
      { id: view.id },
      {
        onSuccess: () => {
          const id = notifications.show({
            title: t("The filter “{name}” is removed", { name: view.name }),
            message: (
              <Button
                size="compact-sm"
                variant="default"
                mt={4}
                onClick={() => {
                  notifications.hide(id);
                  save.mutate(view);
                }}
              >
                {t("Undo")}
              </Button>
            ),
            color: "slate",
            autoClose: 10_000,
          });
        },
      },
    );

  return (
    <Popover opened={opened} onChange={menu.toggle} position="bottom-start" width={300} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant={current === undefined ? "default" : "light"}
          leftSection={<IconBookmark size={16} stroke={1.7} />}
          onClick={menu.toggle}
        >
          {current?.name ?? t("Saved filters")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t("Saved filters")}>
        <Stack gap={4}>
          {known.length === 0 && (
            <Text size="sm" c="dimmed" px={4}>
              {t("None yet. Filter or sort, then save that under a name.")}
            </Text>
          )}
          {known.map((view) => (
            <Group key={view.id} justify="space-between" wrap="nowrap" gap={4}>
              <UnstyledButton
                flex={1}
                p={4}
                fz="sm"
                fw={view.id === current?.id ? 650 : 400}
                aria-current={view.id === current?.id}
                onClick={() => {
                  menu.close();
                  onChoose(view.search);
                }}
              >
                {view.name}
              </UnstyledButton>
              <ActionIcon
                variant="subtle"
                color="slate"
                size="sm"
                aria-label={t("Remove the filter {name}", { name: view.name })}
                onClick={() => removeView(view)}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Group>
          ))}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const named = name.trim();
              if (named === "") return;
              // The same name again is the same filter, changed.
              const id = known.find((view) => view.name === named)?.id ?? crypto.randomUUID();
              save.mutate({ id, name: named, search }, { onSuccess: () => setName("") });
            }}
          >
            <Group gap={6} wrap="nowrap" mt={4}>
              <TextInput
                flex={1}
                size="xs"
                maxLength={100}
                aria-label={t("Name of the filter")}
                placeholder={t("Name of the filter")}
                value={name}
                disabled={search === ""}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button type="submit" size="xs" disabled={search === "" || name.trim() === ""} loading={save.isPending}>
                {t("Save")}
              </Button>
            </Group>
          </form>
          {error !== null && <ProblemNote problem={toProblem(error)} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

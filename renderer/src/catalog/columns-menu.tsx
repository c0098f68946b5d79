import { ActionIcon, Button, Checkbox, Group, Popover, Stack, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { t } from "../lib/i18n/i18n.ts";
import { moveColumn, resetColumns, showColumn, useColumns } from "./grid/column-store.ts";
import { COLUMNS, columnOf } from "./grid/columns.ts";

/** Which columns the grid shows, and in which order. */
export function ColumnsMenu() {
  const shown = useColumns((state) => state.shown);
  const hidden = COLUMNS.filter(({ id }) => !shown.includes(id));
  const rows = [...shown.flatMap((id) => columnOf(id) ?? []), ...hidden];
  return (
    <Popover position="bottom-end" width={270} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label={t("Columns")} title={t("Columns")}>
          <IconColumns3 size={17} stroke={1.7} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t("Columns")}>
        <Stack gap={2}>
          {rows.map(({ id, label }) => {
            const at = shown.indexOf(id);
            const name = t(label);
            return (
              <Group key={id} justify="space-between" wrap="nowrap" h={30}>
                <Checkbox
                  size="sm"
                  label={name}
                  checked={at >= 0}
                  disabled={id === "name"}
                  onChange={(event) => showColumn(id, event.currentTarget.checked)}
                />
                {at > 0 && (
                  <Group gap={2} wrap="nowrap">
                    <ActionIcon
                      variant="subtle"
                      color="slate"
                      size="sm"
                      disabled={at === 1}
                      aria-label={t("Move {column} to the left", { column: name })}
                      onClick={() => moveColumn(id, -1)}
                    >
                      <IconArrowUp size={14} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="slate"
                      size="sm"
                      disabled={at === shown.length - 1}
                      aria-label={t("Move {column} to the right", { column: name })}
                      onClick={() => moveColumn(id, 1)}
                    >
                      <IconArrowDown size={14} />
                    </ActionIcon>
                  </Group>
                )}
              </Group>
            );
          })}
        </Stack>
        <Text size="xs" c="dimmed" mt={6}>
          {t("Drag a heading's edge to widen a column.")}
        </Text>
        <Button fullWidth mt={6} size="compact-sm" variant="subtle" color="slate" onClick={resetColumns}>
          {t("As at first")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

import { Button, CloseButton, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import type { Selection } from "../../../../shared/contract/bulk.ts";
import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import { formatCount } from "../../lib/format.ts";
import { t } from "../../lib/i18n/i18n.ts";
import { type Chosen, countOf, EVERYTHING, NOTHING } from "../grid/selection.ts";
import { BulkEdit } from "./bulk-edit.tsx";
import { startBulk } from "./bulk-store.ts";

interface Props {
  chosen: Chosen;
  total: number;
  query: ProductQuery;
  onChoose: (chosen: Chosen) => void;
}

function selectionOf(chosen: Chosen, query: ProductQuery): Selection {
  if (chosen.kind === "some") return { kind: "some", skus: [...chosen.skus] };
  return { kind: "all", query, except: [...chosen.except] };
}

/** What can be done with the chosen products; in the place of the filters, so that nothing below moves. */
export function SelectionBar({ chosen, total, query, onChoose }: Props) {
  const [editing, edit] = useDisclosure(false);
  const count = countOf(chosen, total);
  const selection = selectionOf(chosen, query);
  const run = async (kind: "delete" | "reindex") => {
    if (await startBulk(selection, { kind })) onChoose(NOTHING);
  };
  return (
    <Group gap="xs" wrap="nowrap" flex={1} role="toolbar" aria-label={t("Chosen products")}>
      <CloseButton aria-label={t("Let go of all")} onClick={() => onChoose(NOTHING)} />
      <Text size="sm" fw={550} className="tabular" role="status">
        {t("{count, plural, one {# product chosen} other {# products chosen}}", { count })}
      </Text>
      {count < total && (
        <Button size="compact-sm" variant="subtle" onClick={() => onChoose(EVERYTHING)}>
          {t("Choose all {total}", { total: formatCount(total) })}
        </Button>
      )}
      <Button ml="auto" variant="default" leftSection={<IconPencil size={16} />} onClick={edit.open}>
        {t("Edit")}
      </Button>
      <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void run("reindex")}>
        {t("Index anew")}
      </Button>
      <Button
        variant="default"
        c="var(--sm-danger)"
        leftSection={<IconTrash size={16} />}
        onClick={() => void run("delete")}
      >
        {t("Delete")}
      </Button>
      <BulkEdit
        opened={editing}
        count={count}
        selection={selection}
        onClose={edit.close}
        onStarted={() => {
          edit.close();
          onChoose(NOTHING);
        }}
      />
    </Group>
  );
}

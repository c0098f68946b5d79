import { Button, Menu } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import type { JournalFilter } from "../../../shared/contract/journal.ts";
import { t } from "../lib/i18n/i18n.ts";
import { cancelExport, exportLines, useExport } from "./export-store.ts";
import { linesOf } from "./facet-select.tsx";

/** The lines that fit the filters, as a file. */
export function ExportButton({ filter }: { filter: JournalFilter }) {
  const lines = useExport((state) => state.lines);
  if (lines !== null) {
    return (
      <Button variant="default" size="compact-sm" leftSection={<IconX size={14} />} onClick={cancelExport}>
        {t("Cancel export ({lines})", { lines: linesOf(lines) })}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" size="compact-sm" leftSection={<IconDownload size={14} />}>
          {t("Export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void exportLines(filter, "jsonl")}>{t("As JSON lines")}</Menu.Item>
        <Menu.Item onClick={() => void exportLines(filter, "csv")}>{t("As CSV, for a spreadsheet")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

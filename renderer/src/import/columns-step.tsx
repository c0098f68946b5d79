import { Alert, Badge, Button, Group, Stack, Text } from "@mantine/core";
import type { ImportPreview } from "../../../shared/contract/imports.ts";
import { t } from "../lib/i18n/i18n.ts";
import { ColumnsTable } from "./columns-table.tsx";
import dialog from "./import-dialog.module.css";
import { readAnew, startImport, startOver, startPlan } from "./import-run.ts";
import { PreviewRows } from "./preview-rows.tsx";
import { ReadingOptions } from "./reading-options.tsx";
import { readingText } from "./reading-words.ts";

/** Which column becomes what, and how the first rows are read by it: looked at before anything is written. */
export function ColumnsStep({ preview, reading }: { preview: ImportPreview; reading: boolean }) {
  const { columns, problem, remembered, vectors } = preview;
  const blocked = problem !== null;
  return (
    <Stack gap="md">
      <div>
        <Group gap="xs">
          <Text fw={600}>{preview.source}</Text>
          {remembered && (
            <Badge variant="light" tt="none">
              {t("Read as the last table with these headings")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {preview.format !== null && readingText(preview.format)}
        </Text>
        {vectors !== null && (
          <Text size="xs" c="dimmed" lang="en">
            {vectors}
          </Text>
        )}
      </div>
      {columns.length > 0 && (
        <>
          <ColumnsTable columns={columns} onChange={(next) => void readAnew({ columns: next })} />
          <ReadingOptions preview={preview} onChange={(options) => void readAnew({ options })} />
        </>
      )}
      {blocked && (
        <Alert color="red" variant="light" role="alert">
          {t("No column says which product a row is. Choose the column of the SKU, or of the name.")}
        </Alert>
      )}
      <PreviewRows preview={preview} reading={reading} />
      <Group justify="space-between" className={dialog.footer ?? ""}>
        <Button variant="subtle" onClick={() => void startOver()}>
          {t("Choose something else")}
        </Button>
        <Group gap="xs">
          <Button variant="default" disabled={blocked} onClick={() => void startPlan()}>
            {t("Try without writing")}
          </Button>
          <Button disabled={blocked} onClick={() => void startImport()}>
            {t("Start the import")}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

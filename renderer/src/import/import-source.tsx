import { Button, Code, Divider, Group, List, Stack, Text } from "@mantine/core";
import { IconFileSpreadsheet, IconFolder } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { Rich } from "../lib/i18n/rich.tsx";
import { folderFiles } from "../lib/picked-files.ts";
import { ExportSection } from "./export-catalogue.tsx";
import { prepareImport } from "./import-run.ts";
import classes from "./import-source.module.css";

const COLUMNS = "sku, name, category, price, currency, brand, barcode, description, images";

function pick(options: { folder: boolean }): void {
  const input = document.createElement("input");
  input.type = "file";
  if (options.folder) input.webkitdirectory = true;
  else input.accept = ".csv,.tsv,.jsonl,.ndjson,.xlsx,.parquet,.zip";
  input.addEventListener("change", () => {
    const picked = [...(input.files ?? [])];
    if (picked.length > 0) void prepareImport(options.folder ? folderFiles(picked) : { files: picked, paths: null });
  });
  input.click();
}

export function ImportSource() {
  const [over, setOver] = useState(false);
  return (
    <Stack gap="md">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition to the buttons inside. */}
      <div
        className={classes.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file !== undefined) void prepareImport({ files: [file], paths: null });
        }}
      >
        <Text fw={600}>{t("Drop a CSV, Excel, JSONL, Parquet or zip here")}</Text>
        <Group gap="xs" mt="sm">
          <Button leftSection={<IconFileSpreadsheet size={16} />} onClick={() => pick({ folder: false })}>
            {t("Choose a file")}
          </Button>
          <Button variant="default" leftSection={<IconFolder size={16} />} onClick={() => pick({ folder: true })}>
            {t("Choose a folder")}
          </Button>
        </Group>
      </div>
      <List size="sm" spacing={6}>
        <List.Item>
          <Rich
            id="A table has columns such as <0>{columns}</0>, in English or another language; what each becomes is shown before anything is written. Several pictures stand with <1>|</1> between them."
            values={{ columns: COLUMNS }}
            parts={[<Code key="columns" />, <Code key="bar" />]}
          />
        </List.Item>
        <List.Item>
          {t("To send pictures along, choose the folder that holds the list and its pictures, or zip it.")}
        </List.Item>
        <List.Item>{t("In a folder without a list, each subfolder is a product named by its SKU.")}</List.Item>
        <List.Item>
          {t(
            "Products with the same SKU are changed, not doubled. A bad row is shown to be corrected, and the rest goes in.",
          )}
        </List.Item>
      </List>
      <Divider />
      <ExportSection />
    </Stack>
  );
}

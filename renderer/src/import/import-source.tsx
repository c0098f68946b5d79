import { Button, Code, Group, List, Stack, Text } from "@mantine/core";
import { IconFileSpreadsheet, IconFolder } from "@tabler/icons-react";
import { useState } from "react";
import { folderFiles } from "../lib/picked-files.ts";
import { startImport } from "./import-run.ts";
import classes from "./import-source.module.css";

const COLUMNS = "sku, name, category, price, currency, brand, barcode, description, images";

function pick(options: { folder: boolean }): void {
  const input = document.createElement("input");
  input.type = "file";
  if (options.folder) input.webkitdirectory = true;
  else input.accept = ".csv,.tsv,.jsonl,.ndjson,.zip";
  input.addEventListener("change", () => {
    const picked = [...(input.files ?? [])];
    if (picked.length > 0) void startImport(options.folder ? folderFiles(picked) : { files: picked, paths: null });
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
          if (file !== undefined) void startImport({ files: [file], paths: null });
        }}
      >
        <Text fw={600}>Drop a CSV, JSONL or zip here</Text>
        <Group gap="xs" mt="sm">
          <Button leftSection={<IconFileSpreadsheet size={16} />} onClick={() => pick({ folder: false })}>
            Choose a file
          </Button>
          <Button variant="default" leftSection={<IconFolder size={16} />} onClick={() => pick({ folder: true })}>
            Choose a folder
          </Button>
        </Group>
      </div>
      <List size="sm" spacing={6}>
        <List.Item>
          A CSV has the columns <Code>{COLUMNS}</Code>. A row needs its SKU or its name. Several pictures stand with{" "}
          <Code>|</Code> between them.
        </List.Item>
        <List.Item>
          To send pictures along, choose the folder that holds the list and its pictures, or zip it.
        </List.Item>
        <List.Item>In a folder without a list, each subfolder is a product named by its SKU.</List.Item>
        <List.Item>
          Products with the same SKU are changed, not doubled. A bad row is reported and the rest goes in.
        </List.Item>
      </List>
    </Stack>
  );
}

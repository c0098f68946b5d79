import { Button, Group, Modal, Select, Switch, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import type { ExportFormat } from "../../../shared/contract/exports.ts";
import { client } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";

/** By itself, at an address of its own. */
export function ExportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("Export the catalogue")}
      size="lg"
      closeButtonProps={{ "aria-label": t("Close") }}
    >
      <ExportCatalogue />
    </Modal>
  );
}

/** The same below the ways in, whose other half it is. */
export function ExportSection() {
  return (
    <section aria-label={t("Export the catalogue")}>
      <Text fw={600} size="sm">
        {t("Export the catalogue")}
      </Text>
      <ExportCatalogue />
    </section>
  );
}

/** The way out: the whole catalogue as a file that can be taken in again without loss. */
function ExportCatalogue() {
  const [format, setFormat] = useState<ExportFormat>("csv");
  const [pictures, setPictures] = useState(false);
  const [embeddings, setEmbeddings] = useState(false);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function run(): Promise<void> {
    setRunning(true);
    setProblem(null);
    try {
      const request = { format, pictures, embeddings: embeddings && format === "parquet", replace: false };
      for await (const event of await client.exports.make(request)) {
        if (event.kind === "done" && event.exported.id !== null)
          save(await client.exports.file({ id: event.exported.id }));
      }
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setRunning(false);
    }
  }

  return (
    <>
      <Text size="sm" c="dimmed" mb={6}>
        {t("Everything, in a file that can be imported again without loss.")}
      </Text>
      <Group gap="md" align="center">
        <Select
          size="xs"
          w={130}
          aria-label={t("Format of the export")}
          allowDeselect={false}
          data={[
            { value: "csv", label: "CSV" },
            { value: "xlsx", label: "Excel" },
            { value: "jsonl", label: "JSON Lines" },
            { value: "parquet", label: "Parquet" },
          ]}
          value={format}
          onChange={(value) => setFormat((value ?? "csv") as ExportFormat)}
        />
        <Switch
          size="xs"
          label={t("With pictures, as a zip")}
          checked={pictures}
          onChange={(event) => setPictures(event.currentTarget.checked)}
        />
        {format === "parquet" && (
          <Switch
            size="xs"
            label={t("With embeddings")}
            checked={embeddings}
            onChange={(event) => setEmbeddings(event.currentTarget.checked)}
          />
        )}
        <Button
          size="xs"
          variant="default"
          loading={running}
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => void run()}
        >
          {t("Export")}
        </Button>
      </Group>
      {problem !== null && <ProblemNote problem={problem} onRetry={() => void run()} />}
    </>
  );
}

function save(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}
